import type { ConversationId } from '../../domain/conversation.ts';
import { LeaseLost } from '../../domain/errors.ts';
import { rememberedPlatformId } from '../../domain/identity.ts';
import type { Status } from '../../domain/message.ts';
import { hasFailed, heard, settles, taken, takenBack } from '../../domain/part.ts';
import { hasArrived } from '../../domain/progress.ts';
import type { ConversationStore, Lease } from '../../ports/store.ts';
import { holderOf, setFacts } from './holding.ts';
import { type Records, type StoredPart, type StoredTurn, shownPart } from './records.ts';

type Replying = Pick<
  ConversationStore,
  'writeReply' | 'markSending' | 'markSent' | 'markUnsent' | 'parts' | 'bury' | 'recordStatuses'
>;

/** The reply and how far each of its parts has come. */
export function replying(records: Records): Replying {
  const { clock, conversations, parts, partKeys, busy } = records;

  return {
    async writeReply(lease, texts, facts) {
      const conversation = holderOf(records, lease);
      if (conversation.turn.parts === undefined) {
        addParts(conversation.turn, texts);
        conversation.turn.parts ??= [];
        setFacts(conversation, facts);
      }
      return conversation.turn.parts.map(shownPart);
    },

    async markSending(lease, key) {
      const part = partOf(lease, key);
      part.sends = { ...part.sends, state: 'sending' };
      part.triedAt = clock.now();
    },

    async markSent(lease, key, platformId) {
      const part = partOf(lease, key);
      const id = idOf(holderOf(records, lease).conversation.channel, platformId);
      part.sends = taken(part.sends, id);
      partKeys.set(id, key);
    },

    async markUnsent(lease, key) {
      const part = partOf(lease, key);
      part.sends = takenBack(part.sends);
    },

    async parts(lease) {
      return (holderOf(records, lease).turn.parts ?? []).map(shownPart);
    },

    async bury(lease, reason, apology) {
      const { turn } = holderOf(records, lease);
      if (turn.buried === undefined) {
        turn.buried = { reason, at: clock.now() };
        turn.attempts = 0;
        if (!turn.reopened) replaceUnsent(turn, apology);
      }
      return (turn.parts ?? []).map(shownPart);
    },

    async recordStatuses(statuses) {
      return [...new Set(statuses.map(recordStatus).filter((id) => id !== undefined))];
    },
  };

  function replaceUnsent(turn: StoredTurn, apology: readonly string[]): void {
    const isUnsent = ({ sends }: StoredPart) => sends.state === 'unsent';
    for (const { key } of (turn.parts ?? []).filter(isUnsent)) parts.delete(key);
    turn.parts = (turn.parts ?? []).filter((part) => !isUnsent(part));
    addParts(turn, apology);
  }

  function addParts(turn: StoredTurn, texts: readonly string[]): void {
    turn.parts ??= [];
    for (const text of texts) {
      const key = `${turn.id}.${turn.partsWritten++}`;
      const part: StoredPart = { key, text, sends: { state: 'unsent', failures: [] } };
      turn.parts.push(part);
      parts.set(part.key, { turn, part });
    }
  }

  function partOf(lease: Lease, key: string): StoredPart {
    const part = holderOf(records, lease).turn.parts?.find((candidate) => candidate.key === key);
    if (part === undefined) throw new LeaseLost(`no part ${key} in the open turn`);
    return part;
  }

  function idOf(channel: Status['channel'], platformId: string): string {
    return rememberedPlatformId(records.secret, channel, platformId).toString('base64url');
  }

  function recordStatus(status: Status): ConversationId | undefined {
    const id = idOf(status.channel, status.platformId);
    const found = parts.get(status.key ?? '') ?? parts.get(partKeys.get(id) ?? '');
    const conversation = conversations.get(found?.turn.conversation ?? '');
    if (found === undefined || conversation === undefined) return undefined;
    const { turn, part } = found;
    const before = part.sends;
    part.sends = heard(before, status, id);
    const { progress } = part.sends;
    const isOver =
      turn.finished && (hasArrived(progress) || (progress === 'failed' && turn.buried !== undefined));
    if (isOver) part.text = '';
    const settled = settles(before, part.sends);
    if (settled && conversation.turn === turn) conversation.retryAt = 0;
    if (settled) return turn.conversation;
    if (!hasFailed(part.sends) || turn.buried !== undefined) return undefined;
    if (turn.finished && !conversation.failed.includes(turn)) conversation.failed.push(turn);
    busy.add(conversation);
    return turn.conversation;
  }
}
