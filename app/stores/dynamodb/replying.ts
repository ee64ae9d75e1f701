import type { Facts } from '../../domain/conversation.ts';
import { LeaseLost } from '../../domain/errors.ts';
import { rememberedPlatformId } from '../../domain/identity.ts';
import { type Part, positionOf, replaceUnsent, taken } from '../../domain/part.ts';
import { hasArrived } from '../../domain/progress.ts';
import { TEXT_KEPT_MS } from '../../domain/retention.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Lease } from '../../ports/store.ts';
import { number, type Row, text } from './attributes.ts';
import type { Closing } from './closing.ts';
import type { UnderLease, Working } from './leasing.ts';
import { partItem, platformIdKey, sendId } from './names.ts';
import { chosen, type Parts } from './parts.ts';
import { channelOf, factValues, sendsFrom } from './rows.ts';
import type { ReadSecret } from './secret.ts';
import type { Table } from './table.ts';
import { readToken } from './tokens.ts';

interface ReplyingParts {
  readonly conversations: Table;
  readonly underLease: UnderLease;
  readonly parts: Parts;
  readonly closing: Closing;
  readonly secret: ReadSecret;
  readonly clock: Clock;
}

/**
 * The reply of the open turn. Parts are written first, then the turn says in one write which of them are its own; what
 * a crash leaves between the two belongs to nothing.
 */
export function replying({ conversations, underLease, parts, closing, secret, clock }: ReplyingParts) {
  async function write(
    lease: Lease,
    held: Working,
    texts: readonly string[],
    from: number,
  ): Promise<number[]> {
    const { fence } = readToken(lease);
    const { channel } = held.conversation;
    const { id: turnId, newestAt } = held.turn;
    await Promise.all(
      texts.map((words, index) =>
        parts.write({ turnId, channel, place: from + index, newestAt }, fence, words),
      ),
    );
    return texts.map((_, index) => from + index);
  }

  /** `undefined` from the commit: somebody wrote it before us, or we no longer hold the conversation. */
  async function settled(lease: Lease, committed: Working | undefined, places: readonly number[]) {
    if (committed !== undefined) return committed;
    try {
      return await underLease.read(lease);
    } catch (error) {
      const { fence, turnId } = readToken(lease);
      if (error instanceof LeaseLost) await parts.drop(turnId, fence, places);
      throw error;
    }
  }

  async function mark(lease: Lease, key: string, update: Parameters<Table['update']>[1]): Promise<Row> {
    const { fence, turnId } = readToken(lease);
    const item = key.startsWith(`${turnId}.`) ? partItem(key) : undefined;
    const when = update.when === undefined ? '#fence = :fence' : `#fence = :fence AND ${update.when}`;
    const row =
      item && (await conversations.update(item, { ...update, when, values: { fence, ...update.values } }));
    if (row === undefined) throw new LeaseLost('the part belongs to a later claim, or to no open turn');
    return row;
  }

  async function forgetFailure(key: string): Promise<void> {
    const item = partItem(key);
    const update = {
      remove: ['progress', 'code'],
      when: '#progress = :failed',
      values: { failed: 'failed' },
    };
    if (item) await conversations.update(item, update);
  }

  return {
    async writeReply(lease: Lease, texts: readonly string[], facts: Facts): Promise<Part[]> {
      const held = await underLease.read(lease);
      if (held.turn.places !== undefined) return parts.of(held.turn);
      const places = await write(lease, held, texts, 0);
      const committed = await underLease.writeOnce(lease, 'turn_places', {
        set: { turn_places: places, turn_next_place: places.length, ...factValues(facts) },
      });
      return parts.of((await settled(lease, committed, places)).turn);
    },

    async parts(lease: Lease): Promise<Part[]> {
      const { turnId: id } = readToken(lease);
      const [{ turn }, written] = await Promise.all([underLease.read(lease), parts.writtenFor(id)]);
      return chosen(written, turn);
    },

    async markSending(lease: Lease, key: string): Promise<void> {
      await mark(lease, key, { set: { state: 'sending', tried_at: clock.now() } });
    },

    async markSent(lease: Lease, key: string, platformId: string): Promise<void> {
      const expires_at = Math.ceil((clock.now() + TEXT_KEPT_MS) / 1000);
      const id = sendId(await secret(), platformId);
      const row = await mark(lease, key, { set: { state: 'sent', platform_id: id, expires_at } });
      const sends = sendsFrom(row);
      // Its last status came before this: nothing will ask for the words again.
      if (hasArrived(sends.progress)) await mark(lease, key, { remove: ['text'] });
      // An earlier send failed while this one was under way.
      if (taken(sends, id).progress !== sends.progress) await forgetFailure(key);
      const remembered = rememberedPlatformId(await secret(), channelOf(text(row, 'channel')), platformId);
      await conversations.put({ ...platformIdKey(remembered), key, expires_at });
    },

    async markUnsent(lease: Lease, key: string): Promise<void> {
      // Not when a status has proved meanwhile that the person has the part.
      const update = {
        set: { state: 'unsent' },
        remove: ['progress', 'code', 'platform_id'],
        when: '(#state = :sending OR (#state = :sent AND #progress = :failed))',
        values: { sending: 'sending', sent: 'sent', failed: 'failed' },
      };
      try {
        await mark(lease, key, update);
      } catch (error) {
        if (!(error instanceof LeaseLost)) throw error;
        const item = partItem(key);
        const row = item && (await conversations.get(item));
        if (row === undefined || number(row, 'fence') !== readToken(lease).fence) throw error;
      }
    },

    async giveUp(lease: Lease, reason: string, apology: readonly string[]): Promise<Part[]> {
      const held = await underLease.read(lease);
      const { turn } = held;
      if (turn.buried !== undefined) return parts.of(turn);
      const { id, reopened, nextPlace: nextPosition } = turn;
      const replaced = replaceUnsent(await parts.of(turn), { id, reopened, nextPosition }, apology);
      const [kept, dropped] = [replaced.kept, replaced.dropped].map((some) =>
        some.map(({ key }) => positionOf(key)),
      );
      const texts = replaced.added.map(({ text }) => text);
      const added = await write(lease, held, texts, nextPosition);
      const committed = await underLease.writeOnce(lease, 'turn_buried', {
        set: {
          turn_buried: reason,
          turn_buried_at: clock.now(),
          turn_attempts: 0,
          turn_places: [...(kept ?? []), ...added],
          turn_next_place: turn.nextPlace + added.length,
        },
      });
      const buried = await settled(lease, committed, added);
      await closing.keepLetter(buried.turn);
      await parts.drop(turn.id, readToken(lease).fence, dropped ?? []);
      return parts.of(buried.turn);
    },
  };
}
