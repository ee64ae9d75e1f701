import type { Update } from '../../aws/expressions.ts';
import type { Table } from '../../aws/table.ts';
import type { ConversationId } from '../../domain/conversation.ts';
import { DEAD_LETTERS_KEPT_MS, IDS_KEPT_MS } from '../../domain/retention.ts';
import type { Clock } from '../../ports/clock.ts';
import { orphanPartition, reopeningKey, waitingShardOf } from './items/keys.ts';
import { messageFrom, messageKey, type Reopening, type StoredMessage } from './items/message.ts';
import type { MessageRef } from './items/message-ref.ts';
import type { Ref } from './messages.ts';

/** Moves messages from one state to the next. Each step is idempotent. */
export function messageStates(table: Table, clock: Clock) {
  const expiry = (keptMs: number) => Math.ceil((clock.now() + keptMs) / 1000);

  async function move(ref: MessageRef, from: StoredMessage['state'], change: Update): Promise<void> {
    await table.update(messageKey(ref), {
      ...change,
      when: '#state = :from AND #redrives = :redrives',
      values: { from, redrives: ref.redrives },
    });
  }

  /** Deletes the text and keeps the id, without a person, in a partition that is computed from the id only. */
  async function orphan(stored: StoredMessage): Promise<void> {
    const { id, arrival, reopening, expiresAt } = stored;
    // A reopening is not a message and leaves no id.
    if (reopening === undefined) {
      const key = messageKey({ partition: orphanPartition(id), id });
      const expires_at = expiresAt ?? expiry(IDS_KEPT_MS);
      await table.put({ ...key, conversation: '', state: 'done', arrival, redrives: 0, expires_at });
    }
    await table.delete(messageKey(stored));
  }

  return {
    /** Deletes the text of answered messages and keeps their ids. */
    async markAnswered(refs: readonly MessageRef[]): Promise<void> {
      const set = { state: 'done', expires_at: expiry(IDS_KEPT_MS) };
      const remove = ['content', 'shard', 'at'];
      await Promise.all(refs.map((ref) => move(ref, 'waiting', { set, remove })));
    },

    /** Keeps the text for as long as the dead letter may be redriven. */
    async markDead(refs: readonly MessageRef[]): Promise<void> {
      const set = { state: 'dead', expires_at: expiry(DEAD_LETTERS_KEPT_MS) };
      const remove = ['shard', 'at'];
      await Promise.all(refs.map((ref) => move(ref, 'waiting', { set, remove })));
    },

    /** Deletes the text of dead messages and keeps their ids, as if they were answered. */
    async dropDead(refs: readonly MessageRef[]): Promise<void> {
      const set = { state: 'done', expires_at: expiry(IDS_KEPT_MS) };
      await Promise.all(refs.map((ref) => move(ref, 'dead', { set, remove: ['content'] })));
    },

    /** Makes dead messages wait again in their old order; sequentially, so that a crash leaves the first of them waiting. */
    async redrive(refs: readonly MessageRef[]): Promise<void> {
      for (const ref of refs) {
        const item = await table.get(messageKey(ref));
        if (item === undefined) continue;
        const set = { state: 'waiting', shard: waitingShardOf(ref.id), at: messageFrom(item).arrival };
        await move(ref, 'dead', { set, add: { redrives: 1 }, remove: ['expires_at'] });
      }
    },

    /** Records that a turn has to be reopened; `newestAt` is that of the turn. A second call renews the nonce. */
    async putReopening({ turn, nonce }: Reopening, newestAt: number): Promise<void> {
      const ref = reopeningKey(turn);
      if (ref === undefined) return;
      const waits = { state: 'waiting', shard: waitingShardOf(nonce), at: clock.now() * 1000 };
      const times = { arrival: newestAt * 1000, redrives: 0 };
      await table.put({ ...messageKey(ref), conversation: ref.partition, ...waits, ...times, turn, nonce });
    },

    /** Deletes the record that a turn has to be reopened, if it was not renewed. */
    async dropReopening(stored: StoredMessage): Promise<void> {
      await table.update(messageKey(stored), {
        set: { state: 'done', expires_at: expiry(IDS_KEPT_MS) },
        remove: ['shard', 'at'],
        when: '#state = :waiting AND #nonce = :nonce',
        values: { waiting: 'waiting', nonce: stored.reopening?.nonce ?? '' },
      });
    },

    /** Removes a message of any state from its conversation; its id stays. Resolves to how many there were. */
    async orphanAll(conversation: ConversationId, partitions: readonly string[]) {
      const count = { messages: 0, corrections: 0 };
      for (const partition of [...partitions, conversation]) {
        const items = await table.query({
          where: '#partition = :partition',
          filter: '#conversation = :conversation',
          values: { partition, conversation },
        });
        const found = items.map(messageFrom);
        count.corrections += found.filter(({ state }) => state === 'ahead').length;
        count.messages += found.filter(
          ({ state, reopening }) => state !== 'ahead' && reopening === undefined,
        ).length;
        await Promise.all(found.map(orphan));
      }
      return count;
    },

    /** Moves a waiting message to another conversation. */
    async handOver(ref: Ref, conversation: ConversationId): Promise<void> {
      await table.update(messageKey(ref), {
        set: { conversation },
        when: '#state = :waiting',
        values: { waiting: 'waiting' },
      });
    },
  };
}

export type MessageStates = ReturnType<typeof messageStates>;
