import { LeaseLost } from '../conversation/errors.ts';
import { accountOf, identitiesOf, newConversationId, rememberedId } from '../conversation/identity.ts';
import type { Message, Progress, Status } from '../conversation/message.ts';
import { furthest, isFinal, provesSent } from '../conversation/progress.ts';
import { DEAD_LETTERS_KEPT_MS, IDS_KEPT_MS, LONGEST_TURN, TEXT_KEPT_MS } from '../conversation/retention.ts';
import type {
  Acceptance,
  Claim,
  Clock,
  Conversation,
  ConversationId,
  ConversationStore,
  Facts,
  Lease,
  Part,
  Turn,
} from '../ports.ts';

interface StoredMessage {
  readonly arrival: number;
  readonly receivedAt: number;
  readonly conversation: ConversationId;
  state: 'waiting' | 'taken' | 'done' | 'dead';
  /** Gone once it is answered. */
  message: Message | undefined;
}

interface StoredPart {
  readonly key: string;
  text: string;
  state: Part['state'];
  triedAt?: number;
  progress?: Progress;
  code?: string;
  platformId?: string;
}

interface StoredTurn {
  readonly id: string;
  readonly conversation: ConversationId;
  readonly openedAt: number;
  messages: StoredMessage[];
  attempts: number;
  parts?: StoredPart[];
  partsWritten: number;
  buried?: { readonly reason: string; readonly at: number };
  finished: boolean;
}

interface StoredConversation {
  conversation: Conversation;
  waiting: StoredMessage[];
  turn?: StoredTurn;
  token?: string;
  leaseUntil: number;
  retryAt: number;
  lastAt: number;
}

interface MemoryStoreOptions {
  readonly clock: Clock;
  readonly newId: () => string;
}

/** Keeps everything in this process, for tests and for trying things out: what it holds is gone with the process. */
export function createMemoryStore({ clock, newId }: MemoryStoreOptions): ConversationStore {
  const messages = new Map<string, StoredMessage>();
  const conversations = new Map<ConversationId, StoredConversation>();
  const identities = new Map<string, ConversationId>();
  const turns = new Map<string, StoredTurn>();
  const parts = new Map<string, { readonly turn: StoredTurn; readonly part: StoredPart }>();
  const partsByPlatformId = new Map<string, string>();
  const busy = new Set<StoredConversation>();
  let arrivals = 0;

  function accept(message: Message): Acceptance {
    const id = rememberedId(message).toString('base64url');
    const known = messages.get(id);
    if (known !== undefined) {
      const waits = known.state === 'waiting' || known.state === 'taken';
      return { outcome: waits ? 'waiting' : 'done', conversation: known.conversation };
    }
    const held = conversationOf(message);
    const silent = message.content.kind === 'silent';
    const stored: StoredMessage = {
      arrival: arrivals++,
      receivedAt: clock.now(),
      conversation: held.conversation.id,
      state: silent ? 'done' : 'waiting',
      message: silent ? undefined : message,
    };
    messages.set(id, stored);
    if (silent) return { outcome: 'done', conversation: stored.conversation };
    held.waiting.push(stored);
    busy.add(held);
    return { outcome: 'new', conversation: stored.conversation };
  }

  function conversationOf({ channel, number, person }: Message): StoredConversation {
    const names = identitiesOf(person);
    const scoped = names.map((name) => `${channel}|${number}|${name}`);
    const knownId = scoped.map((name) => identities.get(name)).find((id) => id !== undefined);
    const account = accountOf(person);
    const id = knownId ?? newConversationId(channel, number, account);
    let held = conversations.get(id);
    if (held === undefined) {
      const conversation = { id, channel, number, account, person: {} };
      held = { conversation, waiting: [], leaseUntil: 0, retryAt: 0, lastAt: clock.now() };
      conversations.set(id, held);
    }
    for (const name of scoped) identities.set(name, id);
    const { formerly: _, ...current } = person;
    held.conversation = { ...held.conversation, person: { ...held.conversation.person, ...current } };
    return held;
  }

  function held(lease: Lease): StoredConversation & { turn: StoredTurn } {
    const conversation = conversations.get(lease.conversation);
    if (conversation?.turn === undefined || conversation.token !== lease.token)
      throw new LeaseLost('lease lost');
    return conversation as StoredConversation & { turn: StoredTurn };
  }

  function endLease(conversation: StoredConversation): void {
    delete conversation.token;
    conversation.leaseUntil = 0;
    if (conversation.turn === undefined && conversation.waiting.length === 0) busy.delete(conversation);
  }

  function addParts(turn: StoredTurn, texts: readonly string[]): void {
    turn.parts ??= [];
    for (const text of texts) {
      const part: StoredPart = { key: `${turn.id}.${turn.partsWritten++}`, text, state: 'unsent' };
      turn.parts.push(part);
      parts.set(part.key, { turn, part });
    }
  }

  function partOf(lease: Lease, key: string): StoredPart {
    const part = held(lease).turn.parts?.find((candidate) => candidate.key === key);
    if (part === undefined) throw new LeaseLost(`no part ${key} in the open turn`);
    return part;
  }

  function setFacts(conversation: StoredConversation, facts: Facts): void {
    conversation.conversation = { ...conversation.conversation, ...facts };
  }

  function recordStatus(status: Status): ConversationId | undefined {
    const byId = partsByPlatformId.get(`${status.channel}|${status.platformId}`);
    const found = parts.get(status.key ?? '') ?? parts.get(byId ?? '');
    if (found === undefined) return undefined;
    const { turn, part } = found;
    const before = part.progress;
    part.progress = furthest(before, status.progress);
    if (part.progress !== before && status.code !== undefined) part.code = status.code;
    if (turn.finished && isFinal(part.progress)) part.text = '';
    const settles = part.state === 'sending' && (provesSent(status.progress) || status.progress === 'failed');
    if (provesSent(status.progress)) {
      part.state = 'sent';
      part.platformId = status.platformId;
    }
    if (!settles) return undefined;
    const conversation = conversations.get(turn.conversation);
    if (conversation !== undefined) conversation.retryAt = 0;
    return turn.conversation;
  }

  return {
    async accept(batch) {
      return batch.map(accept);
    },

    async recordStatuses(statuses) {
      return [...new Set(statuses.map(recordStatus).filter((id) => id !== undefined))];
    },

    async claim(id, leaseMs): Promise<Claim> {
      const conversation = conversations.get(id);
      const now = clock.now();
      if (conversation === undefined || !busy.has(conversation)) return { claimed: false, because: 'idle' };
      if (conversation.leaseUntil > now) {
        return { claimed: false, because: 'held', at: conversation.leaseUntil };
      }
      if (conversation.retryAt > now) return { claimed: false, because: 'later', at: conversation.retryAt };
      const turn = conversation.turn ?? openTurn(conversation, now);
      turn.attempts += 1;
      const token = newId();
      Object.assign(conversation, { turn, token, leaseUntil: now + leaseMs, retryAt: 0, lastAt: now });
      return {
        claimed: true,
        lease: { conversation: id, token },
        conversation: conversation.conversation,
        turn: shown(turn),
      };
    },

    async renew(lease, leaseMs) {
      held(lease).leaseUntil = clock.now() + leaseMs;
    },

    async remember(lease, facts) {
      setFacts(held(lease), facts);
    },

    async writeReply(lease, texts, facts) {
      const conversation = held(lease);
      if (conversation.turn.parts === undefined) {
        addParts(conversation.turn, texts);
        conversation.turn.parts ??= [];
        setFacts(conversation, facts);
      }
      return conversation.turn.parts.map(shownPart);
    },

    async markSending(lease, key) {
      const part = partOf(lease, key);
      part.state = 'sending';
      part.triedAt = clock.now();
    },

    async markSent(lease, key, platformId) {
      const part = partOf(lease, key);
      part.state = 'sent';
      part.platformId = platformId;
      partsByPlatformId.set(`${held(lease).conversation.channel}|${platformId}`, key);
    },

    async markUnsent(lease, key) {
      const part = partOf(lease, key);
      // A status may have proved meanwhile that the platform took it after all.
      if (part.state !== 'sending') return;
      part.state = 'unsent';
      delete part.progress;
      delete part.code;
    },

    async parts(lease) {
      return (held(lease).turn.parts ?? []).map(shownPart);
    },

    async finish(lease) {
      const conversation = held(lease);
      const turn = conversation.turn;
      turn.finished = true;
      for (const stored of turn.messages) {
        stored.state = turn.buried === undefined ? 'done' : 'dead';
        if (turn.buried === undefined) stored.message = undefined;
      }
      for (const part of turn.parts ?? []) if (isFinal(part.progress)) part.text = '';
      delete (conversation as StoredConversation).turn;
      conversation.lastAt = clock.now();
      endLease(conversation);
      const oldest = oldestArrival(conversation.waiting);
      return Number.isFinite(oldest) ? { waitingSince: oldest } : {};
    },

    async release(lease, { retryAt, countAttempt }) {
      const conversation = held(lease);
      if (!countAttempt) conversation.turn.attempts -= 1;
      conversation.retryAt = retryAt;
      endLease(conversation);
    },

    async bury(lease, reason, apology) {
      const { turn } = held(lease);
      if (turn.buried === undefined) {
        turn.buried = { reason, at: clock.now() };
        turn.attempts = 0;
        const unsent = (turn.parts ?? []).filter((part) => part.state === 'unsent');
        for (const part of unsent) parts.delete(part.key);
        turn.parts = (turn.parts ?? []).filter((part) => part.state !== 'unsent');
        addParts(turn, apology);
      }
      return (turn.parts ?? []).map(shownPart);
    },

    async due(limit, olderThanMs) {
      const now = clock.now();
      return [...busy]
        .filter((conversation) => conversation.leaseUntil <= now && conversation.retryAt <= now)
        .filter(({ turn, waiting }) => turn !== undefined || oldestArrival(waiting) <= now - olderThanMs)
        .sort((a, b) => oldestWork(a) - oldestWork(b))
        .slice(0, limit)
        .map(({ conversation }) => conversation.id);
    },

    async backlog() {
      const open = [...busy].flatMap(({ waiting, turn }) => [
        ...waiting,
        ...(turn?.buried ? [] : (turn?.messages ?? [])),
      ]);
      const deadLetters = [...turns.values()].filter((turn) => turn.buried !== undefined).length;
      const oldestAt = open.reduce((oldest, { receivedAt }) => Math.min(oldest, receivedAt), Infinity);
      return { waiting: open.length, deadLetters, ...(open.length > 0 && { oldestAt }) };
    },

    async deadLetters(limit) {
      return [...turns.values()]
        .flatMap(({ id, conversation, buried, messages: own }) =>
          buried === undefined
            ? []
            : [
                {
                  turnId: id,
                  conversation,
                  reason: buried.reason,
                  buriedAt: buried.at,
                  messages: own.length,
                },
              ],
        )
        .sort((a, b) => b.buriedAt - a.buriedAt)
        .slice(0, limit);
    },

    async redrive(turnId) {
      const turn = turns.get(turnId);
      const conversation = conversations.get(turn?.conversation ?? '');
      if (turn?.buried === undefined || !turn.finished || conversation === undefined) return undefined;
      for (const stored of turn.messages) stored.state = 'waiting';
      conversation.waiting.push(...turn.messages);
      busy.add(conversation);
      forgetTurn(turn);
      return turn.conversation;
    },

    async forgetOld() {
      const now = clock.now();
      let gone = 0;
      for (const [id, stored] of messages) {
        if (stored.state === 'done' && stored.receivedAt < now - IDS_KEPT_MS) {
          messages.delete(id);
          gone += 1;
        }
      }
      for (const turn of turns.values()) {
        if (!turn.finished) continue;
        const age = now - turn.openedAt;
        if (age > TEXT_KEPT_MS) for (const part of turn.parts ?? []) part.text = '';
        if (age <= (turn.buried === undefined ? IDS_KEPT_MS : DEAD_LETTERS_KEPT_MS)) continue;
        for (const stored of turn.messages) Object.assign(stored, { state: 'done', message: undefined });
        forgetTurn(turn);
        gone += 1;
      }
      for (const conversation of conversations.values()) {
        if (busy.has(conversation) || conversation.lastAt >= now - IDS_KEPT_MS) continue;
        forgetConversation(conversation);
        gone += 1;
      }
      return gone;
    },

    async erase(identity) {
      const found = new Set(
        [...identities].filter(([name]) => name.split('|')[2] === identity).map(([, id]) => id),
      );
      for (const id of found) {
        const conversation = conversations.get(id);
        if (conversation !== undefined) forgetConversation(conversation);
        for (const turn of [...turns.values()]) if (turn.conversation === id) forgetTurn(turn);
        for (const stored of messages.values()) {
          if (stored.conversation === id) Object.assign(stored, { state: 'done', message: undefined });
        }
      }
      return found.size;
    },

    async ready() {},
    async close() {},
  };

  function openTurn(conversation: StoredConversation, now: number): StoredTurn {
    const ordered = conversation.waiting.sort(bySentThenArrival);
    const turn: StoredTurn = {
      id: newId(),
      conversation: conversation.conversation.id,
      openedAt: now,
      messages: ordered.slice(0, LONGEST_TURN),
      attempts: 0,
      partsWritten: 0,
      finished: false,
    };
    conversation.waiting = ordered.slice(LONGEST_TURN);
    for (const stored of turn.messages) stored.state = 'taken';
    turns.set(turn.id, turn);
    return turn;
  }

  function forgetTurn(turn: StoredTurn): void {
    turns.delete(turn.id);
    for (const part of turn.parts ?? []) {
      parts.delete(part.key);
      partsByPlatformId.delete(
        `${conversations.get(turn.conversation)?.conversation.channel}|${part.platformId}`,
      );
    }
  }

  function forgetConversation(conversation: StoredConversation): void {
    busy.delete(conversation);
    conversations.delete(conversation.conversation.id);
    for (const [name, id] of identities) if (id === conversation.conversation.id) identities.delete(name);
  }
}

function bySentThenArrival(a: StoredMessage, b: StoredMessage): number {
  return (a.message?.sentAt ?? 0) - (b.message?.sentAt ?? 0) || a.arrival - b.arrival;
}

function oldestArrival(messages: readonly StoredMessage[]): number {
  return Math.min(...messages.map(({ receivedAt }) => receivedAt));
}

function oldestWork({ waiting, turn }: StoredConversation): number {
  return Math.min(...[...waiting, ...(turn?.messages ?? [])].map((stored) => stored.arrival));
}

function shown(turn: StoredTurn): Turn {
  return {
    id: turn.id,
    attempt: turn.attempts,
    messages: turn.messages.flatMap(({ message }) => (message === undefined ? [] : [message])),
    ...(turn.parts !== undefined && { parts: turn.parts.map(shownPart) }),
    ...(turn.buried !== undefined && { buried: turn.buried.reason }),
  };
}

function shownPart({ platformId: _, ...part }: StoredPart): Part {
  return { ...part };
}
