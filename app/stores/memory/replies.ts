import { businessOf, senderOf } from '../../domain/business.ts';
import { LeaseLost } from '../../domain/errors.ts';
import { type NewPart, newParts, replaceUnsent, taken, takenBack } from '../../domain/part.ts';
import { isTemplate } from '../../domain/template.ts';
import type { Lease, TurnStore } from '../../ports/store.ts';
import { type AnsweredQuestion, answeredQuestion, quotedPart } from '../quoted.ts';
import { countTokens } from './costs.ts';
import { requireLease, setFacts } from './lease.ts';
import { partsOf, type Records, type StoredPart, type StoredTurn } from './records.ts';
import { sendId } from './statuses.ts';

type Replies = Pick<
  TurnStore,
  'writeReply' | 'quoted' | 'parts' | 'markSending' | 'markSent' | 'markUnsent' | 'giveUp'
>;

/** The reply and the state of its parts. */
export function replies(records: Records): Replies {
  const { clock, parts, partKeys } = records;

  return {
    async writeReply(lease, texts, facts, usage) {
      const conversation = requireLease(records, lease);
      const { turn } = conversation;
      if (turn.parts === undefined) {
        turn.parts = [];
        add(turn, newParts(turn.id, 0, texts), answeredQuestion(facts));
        setFacts(conversation, facts);
        if (usage !== undefined) countTokens(records, businessOf(lease.conversation), usage);
      }
      return partsOf(turn);
    },

    async quoted(lease, platformId) {
      const sender = senderOf(requireLease(records, lease).conversation);
      const found = parts.get(partKeys.get(sendId(records, sender, platformId)) ?? '');
      if (found === undefined || found.turn.conversation !== lease.conversation) return undefined;
      return quotedPart(found.part);
    },

    async parts(lease) {
      return partsOf(requireLease(records, lease).turn);
    },

    async markSending(lease, key) {
      const part = partWith(lease, key);
      part.sends = { ...part.sends, state: 'sending' };
      part.triedAt = clock.now();
    },

    async markSent(lease, key, platformId) {
      const part = partWith(lease, key);
      const id = sendId(records, senderOf(requireLease(records, lease).conversation), platformId);
      part.sends = taken(part.sends, id);
      partKeys.set(id, key);
    },

    async markUnsent(lease, key) {
      const part = partWith(lease, key);
      part.sends = takenBack(part.sends);
    },

    async giveUp(lease, reason, apology) {
      const { turn } = requireLease(records, lease);
      if (turn.gaveUp === undefined) {
        turn.gaveUp = { reason, at: clock.now(), attempts: turn.attempts };
        turn.attempts = 0;
        const { dropped, added } = replaceUnsent(partsOf(turn), turn, apology);
        for (const { key } of dropped) parts.delete(key);
        turn.parts = (turn.parts ?? []).filter(({ key }) => dropped.every((part) => part.key !== key));
        add(turn, added);
      }
      return partsOf(turn);
    },
  };

  function add(turn: StoredTurn, added: readonly NewPart[], thread?: AnsweredQuestion): void {
    for (const { key, text, position } of added) {
      const sends = { state: 'unsent', failures: [] } as const;
      const part: StoredPart = { key, text, isTemplate: isTemplate(text), thread, sends };
      turn.parts?.push(part);
      turn.nextPosition = position + 1;
      parts.set(key, { turn, part });
    }
  }

  function partWith(lease: Lease, key: string): StoredPart {
    const part = requireLease(records, lease).turn.parts?.find((candidate) => candidate.key === key);
    if (part === undefined) throw new LeaseLost(`no part ${key} in the open turn`);
    return part;
  }
}
