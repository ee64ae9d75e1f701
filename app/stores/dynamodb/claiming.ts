import { Unavailable } from '../../conversation/errors.ts';
import { LONGEST_TURN } from '../../conversation/retention.ts';
import type { Claim, Clock, ConversationId, Turn } from '../../ports.ts';
import type { Closing } from './closing.ts';
import type { Correcting } from './correcting.ts';
import { type Entry, entryText, isSame } from './entries.ts';
import { conversationKey, turnIdOf } from './names.ts';
import type { Parts } from './parts.ts';
import { type Held, type HeldTurn, heldFrom } from './rows.ts';
import { bySentThenArrival, type Stage } from './stage.ts';
import type { Table } from './table.ts';
import { newToken } from './tokens.ts';

interface ClaimingParts {
  readonly conversations: Table;
  readonly stage: Stage;
  readonly correcting: Correcting;
  readonly parts: Parts;
  readonly closing: Closing;
  readonly clock: Clock;
  readonly newId: () => string;
}

type OpenedTurn = Omit<HeldTurn, 'finishedBy'> & { readonly lastSentAt?: number };

/** Others may claim or renew between our look and our write; then we look again. */
const MOST_ROUNDS = 10;

const IDLE: Claim = { claimed: false, because: 'idle' };

/**
 * Takes the lease and gives the turn. One conditional write decides: it holds only when the conversation's item is as
 * it was read, for every claim raises the fence and every renewal, release and finish moves the end of the lease.
 */
export function claiming({ conversations, stage, correcting, parts, closing, clock, newId }: ClaimingParts) {
  return async function claim(id: ConversationId, leaseMs: number): Promise<Claim> {
    // What belongs to nobody is no work, and an empty key is an error for DynamoDB.
    if (id === '') return IDLE;
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const row = await conversations.get(conversationKey(id));
      if (row === undefined) return IDLE;
      const outcome = await attempt(heldFrom(row), leaseMs);
      if (outcome !== undefined) return outcome;
    }
    throw new Unavailable('a conversation changes too fast to be claimed', {
      scope: 'app',
      code: 'contended',
    });
  };

  /** Undefined: somebody else changed it meanwhile. */
  async function attempt(held: Held, leaseMs: number): Promise<Claim | undefined> {
    const { turn, leaseUntil, retryAt } = held;
    const now = clock.now();
    if (leaseUntil > now) return { claimed: false, because: 'held', at: leaseUntil };
    const open = turn !== undefined && turn.finishedBy === undefined;
    const work = open ? turn : await nextTurn(held);
    if (work === undefined) return IDLE;
    if (retryAt > now) return { claimed: false, because: 'later', at: retryAt };

    const fence = held.fence + 1;
    const token = newToken(fence, work.id, newId());
    const taken = await take(held, work, { fence, token, leaseUntil: now + leaseMs, opens: !open, now });
    if (!taken) return undefined;
    const lease = { conversation: held.conversation.id, token };
    return { claimed: true, lease, conversation: held.conversation, turn: await shown(work, fence) };
  }

  /** All waiting messages, as the turn that would be opened; undefined when there are none. */
  async function nextTurn(held: Held): Promise<OpenedTurn | undefined> {
    const { conversation, lanes, lastSentAt, turn: last } = held;
    const { waiting, ahead } = await stage.workOf(conversation.id, lanes);
    const left = waiting.filter((message) => last?.entries.some((entry) => isSame(entry, message)));
    // The last turn's end was written, and then whoever wrote it stopped before its messages were put away.
    if (last !== undefined && left.length > 0) await closing.close(last);
    const next = waiting.filter((message) => !left.includes(message)).sort(bySentThenArrival);
    if (await correcting.catchUp(next, ahead)) return nextTurn(held);
    if (next.length === 0) return undefined;
    const entries: readonly Entry[] = next.slice(0, LONGEST_TURN);
    const id = turnIdOf(conversation.id, newId());
    const sent = next.slice(0, LONGEST_TURN).map(({ message }) => message?.sentAt ?? 0);
    return {
      id,
      entries,
      lastSentAt: Math.max(lastSentAt, ...sent),
      attempts: 0,
      places: undefined,
      nextPlace: 0,
      buried: undefined,
    };
  }

  async function take(
    { conversation, lanes, fence: seen, leaseUntil: seenUntil }: Held,
    turn: Pick<HeldTurn, 'id' | 'entries' | 'attempts'> & { readonly lastSentAt?: number },
    to: { fence: number; token: string; leaseUntil: number; opens: boolean; now: number },
  ): Promise<boolean> {
    const opened = {
      turn: turn.id,
      turn_messages: turn.entries.map((entry) => entryText(entry, lanes[0])),
      last_sent_at: turn.lastSentAt,
    };
    const key = conversationKey(conversation.id);
    const row = await conversations.update(key, {
      set: {
        fence: to.fence,
        token: to.token,
        lease_until: to.leaseUntil,
        retry_at: 0,
        last_at: to.now,
        turn_attempts: turn.attempts + 1,
        ...(to.opens && opened),
      },
      remove: to.opens ? NOT_OF_A_NEW_TURN : [],
      when: '#fence = :seen AND #lease_until = :seen_until',
      values: { seen, seen_until: seenUntil },
    });
    if (row !== undefined) return true;
    // The SDK repeats a call whose answer was lost; then the first one may be what keeps the second from holding.
    const now = await conversations.get(key);
    return now !== undefined && heldFrom(now).token === to.token;
  }

  async function shown(turn: Omit<HeldTurn, 'finishedBy'>, fence: number): Promise<Turn> {
    const { id, attempts, entries, places, buried } = turn;
    const [messages, taken] = await Promise.all([
      stage.messagesOf(entries),
      places && parts.takeOver({ ...turn, finishedBy: undefined }, fence),
    ]);
    return {
      id,
      attempt: attempts + 1,
      messages,
      ...(taken && { parts: taken }),
      ...(buried && { buried: buried.reason }),
    };
  }
}

const NOT_OF_A_NEW_TURN = [
  'turn_places',
  'turn_next_place',
  'turn_buried',
  'turn_buried_at',
  'turn_finished_by',
];
