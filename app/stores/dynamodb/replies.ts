import type { Update } from '../../aws/expressions.ts';
import type { Table } from '../../aws/table.ts';
import { businessOf, senderOf } from '../../domain/business.ts';
import { LeaseLost } from '../../domain/errors.ts';
import { rememberedPlatformId } from '../../domain/identity.ts';
import { type NewPart, newParts, type Part, positionOf, replaceUnsent, taken } from '../../domain/part.ts';
import { hasArrived } from '../../domain/progress.ts';
import { IDS_KEPT_MS } from '../../domain/retention.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Lease, TurnStore } from '../../ports/store.ts';
import { type AnsweredQuestion, answeredQuestion } from '../quoted.ts';
import type { Closing } from './closing.ts';
import type { CostCounts } from './costs.ts';
import { factValues } from './items/conversation.ts';
import { partItemKey, platformIdKey, sendId } from './items/keys.ts';
import { readToken } from './items/lease-token.ts';
import { type PartItem, partFrom, quotedFrom } from './items/part.ts';
import type { LeasedConversation, UnderLease } from './lease.ts';
import { type Parts, partsOfReply } from './parts.ts';
import type { ReadSecret } from './secret.ts';

export interface ReplyPorts {
  readonly conversations: Table;
  readonly underLease: UnderLease;
  readonly parts: Parts;
  readonly closing: Closing;
  readonly secret: ReadSecret;
  readonly countTokens: CostCounts['countTokens'];
  readonly clock: Clock;
}

type Replies = Pick<
  TurnStore,
  'writeReply' | 'quoted' | 'parts' | 'markSending' | 'markSent' | 'markUnsent' | 'giveUp'
>;

/**
 * The reply of the open turn. Parts are written first, then one write of the turn lists their positions; parts that a crash
 * leaves between the two belong to no reply.
 */
export function replies(ports: ReplyPorts): Replies {
  const { conversations, underLease, parts, closing, secret, countTokens, clock } = ports;

  async function write(
    lease: Lease,
    to: LeasedConversation,
    added: readonly NewPart[],
    thread?: AnsweredQuestion,
  ): Promise<void> {
    const { fence } = readToken(lease);
    const owner = { channel: to.conversation.channel, newestAt: to.turn.newestAt, fence, thread };
    await Promise.all(added.map((part) => parts.write(part, owner)));
  }

  /** `undefined` from the commit: another call wrote it before us, or we no longer have the lease. */
  async function committedOrRead(
    lease: Lease,
    committed: LeasedConversation | undefined,
    added: readonly NewPart[],
  ): Promise<LeasedConversation> {
    if (committed !== undefined) return committed;
    try {
      return await underLease.read(lease);
    } catch (error) {
      const keys = added.map(({ key }) => key);
      if (error instanceof LeaseLost) await parts.drop(readToken(lease).fence, keys);
      throw error;
    }
  }

  async function mark(lease: Lease, key: string, update: Update): Promise<PartItem> {
    const { fence, turnId } = readToken(lease);
    const item = key.startsWith(`${turnId}.`) ? partItemKey(key) : undefined;
    const values = { fence, ...update.values };
    const marked = item && (await conversations.update(item, { ...update, when: OWN, values }));
    if (marked === undefined) throw notOurs();
    return partFrom(marked);
  }

  async function forgetFailure(key: string): Promise<void> {
    const item = partItemKey(key);
    const update = {
      remove: ['progress', 'code'],
      when: '#progress = :failed',
      values: { failed: 'failed' },
    };
    if (item) await conversations.update(item, update);
  }

  return {
    /**
     * The tokens are counted after the write that makes the reply the turn's: a crash in between, or a lost response to that
     * write, leaves them uncounted, and they are never counted twice.
     */
    async writeReply(lease, texts, facts, usage): Promise<Part[]> {
      const own = await underLease.read(lease);
      if (own.turn.positions !== undefined) return parts.of(own.turn);
      const added = newParts(own.turn.id, 0, texts);
      await write(lease, own, added, answeredQuestion(facts));
      const turn_positions = added.map(({ position }) => position);
      const committed = await underLease.writeOnce(lease, 'turn_positions', {
        set: { turn_positions, turn_next_position: added.length, ...factValues(facts) },
      });
      const { turn } = await committedOrRead(lease, committed, added);
      const isFirst = committed !== undefined && usage !== undefined;
      const [written] = await Promise.all([
        parts.of(turn),
        isFirst && countTokens(businessOf(lease.conversation), usage),
      ]);
      return written;
    },

    /** The item of the platform's id has the part's key, which begins with its conversation. */
    async quoted(lease, platformId) {
      const { conversation } = await underLease.read(lease);
      const id = rememberedPlatformId(await secret(), senderOf(conversation), platformId);
      const sent = await conversations.get(platformIdKey(id));
      const key = typeof sent?.key === 'string' ? partItemKey(sent.key) : undefined;
      if (key?.conversation !== lease.conversation) return undefined;
      const item = await conversations.get(key);
      return item && quotedFrom(partFrom(item));
    },

    async parts(lease): Promise<Part[]> {
      const { turnId: id } = readToken(lease);
      const [{ turn }, written] = await Promise.all([underLease.read(lease), parts.writtenFor(id)]);
      return partsOfReply(written, turn);
    },

    async markSending(lease, key): Promise<void> {
      await mark(lease, key, { set: { state: 'sending', tried_at: clock.now() } });
    },

    async markSent(lease, key, platformId): Promise<void> {
      const expires_at = Math.ceil((clock.now() + IDS_KEPT_MS) / 1000);
      const id = sendId(await secret(), platformId);
      const { sends, channel } = await mark(lease, key, {
        set: { state: 'sent', platform_id: id, expires_at },
      });
      // Its last status arrived earlier: the text is no longer needed.
      if (hasArrived(sends.progress)) await mark(lease, key, { remove: ['text'] });
      // An earlier send failed during this one.
      if (taken(sends, id).progress !== sends.progress) await forgetFailure(key);
      const sender = senderOf({ id: lease.conversation, channel });
      const remembered = rememberedPlatformId(await secret(), sender, platformId);
      await conversations.put({ ...platformIdKey(remembered), key, expires_at });
    },

    async markUnsent(lease, key): Promise<void> {
      const { fence, turnId } = readToken(lease);
      const item = key.startsWith(`${turnId}.`) ? partItemKey(key) : undefined;
      if (item === undefined) throw notOurs();
      // Not when a status has proved meanwhile that the person has the part.
      const write = await conversations.updateOrGet(item, {
        set: { state: 'unsent' },
        remove: ['progress', 'code', 'platform_id'],
        when: `${OWN} AND (#state = :sending OR (#state = :sent AND #progress = :failed))`,
        values: { fence, sending: 'sending', sent: 'sent', failed: 'failed' },
      });
      if (!write.done && (write.item === undefined || partFrom(write.item).fence !== fence)) throw notOurs();
    },

    async giveUp(lease, reason, apology): Promise<Part[]> {
      const own = await underLease.read(lease);
      const { id, reopened, nextPosition, gaveUp, attempts } = own.turn;
      if (gaveUp !== undefined) return parts.of(own.turn);
      const before = await parts.of(own.turn);
      const { kept, dropped, added } = replaceUnsent(before, { id, reopened, nextPosition }, apology);
      await write(lease, own, added);
      const committed = await underLease.writeOnce(lease, 'turn_gave_up', {
        set: {
          turn_gave_up: reason,
          turn_gave_up_at: clock.now(),
          turn_gave_up_attempts: attempts,
          turn_attempts: 0,
          turn_positions: [...kept, ...added].map(({ key }) => positionOf(key)),
          turn_next_position: nextPosition + added.length,
        },
      });
      const { turn } = await committedOrRead(lease, committed, added);
      await closing.writeDeadLetter(turn);
      const keys = dropped.map(({ key }) => key);
      await parts.drop(readToken(lease).fence, keys);
      return parts.of(turn);
    },
  };
}

const OWN = '#fence = :fence';

function notOurs(): LeaseLost {
  return new LeaseLost('the part belongs to a later claim, or to no open turn');
}
