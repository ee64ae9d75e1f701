import { LeaseLost } from '../../conversation/errors.ts';
import type { Status } from '../../conversation/message.ts';
import { furthest, isFinal, provesSent } from '../../conversation/progress.ts';
import type { ConversationId, ConversationStore, Lease } from '../../ports.ts';
import { holderOf, setFacts } from './holding.ts';
import { type Records, type StoredPart, type StoredTurn, shownPart } from './records.ts';

type Replying = Pick<
  ConversationStore,
  'writeReply' | 'markSending' | 'markSent' | 'markUnsent' | 'parts' | 'bury' | 'recordStatuses'
>;

/** The reply and how far each of its parts has come. */
export function replying(records: Records): Replying {
  const { clock, conversations, parts, partKeys } = records;

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
      part.state = 'sending';
      part.triedAt = clock.now();
    },

    async markSent(lease, key, platformId) {
      const part = partOf(lease, key);
      part.state = 'sent';
      part.platformId = platformId;
      partKeys.set(`${holderOf(records, lease).conversation.channel}|${platformId}`, key);
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
      return (holderOf(records, lease).turn.parts ?? []).map(shownPart);
    },

    async bury(lease, reason, apology) {
      const { turn } = holderOf(records, lease);
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

    async recordStatuses(statuses) {
      return [...new Set(statuses.map(recordStatus).filter((id) => id !== undefined))];
    },
  };

  function addParts(turn: StoredTurn, texts: readonly string[]): void {
    turn.parts ??= [];
    for (const text of texts) {
      const part: StoredPart = { key: `${turn.id}.${turn.partsWritten++}`, text, state: 'unsent' };
      turn.parts.push(part);
      parts.set(part.key, { turn, part });
    }
  }

  function partOf(lease: Lease, key: string): StoredPart {
    const part = holderOf(records, lease).turn.parts?.find((candidate) => candidate.key === key);
    if (part === undefined) throw new LeaseLost(`no part ${key} in the open turn`);
    return part;
  }

  function recordStatus(status: Status): ConversationId | undefined {
    const byId = partKeys.get(`${status.channel}|${status.platformId}`);
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
}
