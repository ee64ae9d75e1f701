import type { Item } from '../../aws/expressions.ts';
import type { Table } from '../../aws/table.ts';
import type { ConversationId } from '../../domain/conversation.ts';
import type { Message } from '../../domain/message.ts';
import { IDS_KEPT_MS } from '../../domain/retention.ts';
import { bySentThenArrival } from '../../domain/turn.ts';
import type { Clock } from '../../ports/clock.ts';
import { orphanPartition, waitingShardOf } from './items/keys.ts';
import { messageFrom, messageKey, type StoredMessage } from './items/message.ts';
import type { MessageRef } from './items/message-ref.ts';

export type Ref = Pick<MessageRef, 'partition' | 'id'>;

/** The open work in the partitions of a conversation. */
interface Work {
  /** Messages, by arrival. */
  readonly waiting: readonly StoredMessage[];
  readonly ahead: readonly StoredMessage[];
  /** Records that a turn has to be reopened, the oldest turn first. */
  readonly reopenings: readonly StoredMessage[];
}

/** An expired item counts as deleted, whether or not DynamoDB has deleted it. */
const NEW = 'attribute_not_exists(#partition) OR #expires_at < :now';

/** The messages: waiting ones in full, the others as remembered ids. */
export function openMessages(table: Table, clock: Clock) {
  const seconds = () => Math.floor(clock.now() / 1000);

  function present(items: readonly Item[]): StoredMessage[] {
    return items.map(messageFrom).filter(({ expiresAt }) => (expiresAt ?? seconds()) >= seconds());
  }

  async function find(ref: Ref): Promise<StoredMessage | undefined> {
    const item = await table.get(messageKey(ref));
    return item && present([item])[0];
  }

  /** The filter is needed for a person whose identities belonged to two persons before: their partitions are shared. */
  async function workOf(
    conversation: ConversationId,
    partitions: readonly string[],
    hadReopening = false,
  ): Promise<Work> {
    const found = await Promise.all(
      [...partitions, ...(hadReopening ? [conversation] : [])].map((partition) =>
        table.query({
          where: '#partition = :partition',
          filter: '(#state = :waiting OR #state = :ahead) AND #conversation = :conversation',
          values: { partition, waiting: 'waiting', ahead: 'ahead', conversation },
        }),
      ),
    );
    const stored = present(found.flat()).sort((a, b) => a.arrival - b.arrival);
    return {
      waiting: stored.filter(({ state, reopening }) => state === 'waiting' && reopening === undefined),
      ahead: stored.filter(({ state }) => state === 'ahead'),
      reopenings: stored.filter(({ reopening }) => reopening !== undefined),
    };
  }

  return {
    find,
    workOf,

    /** Resolves to undefined for a new id, else to the existing item; `item: undefined` if that was deleted concurrently. */
    async put(
      message: Pick<StoredMessage, 'partition' | 'id' | 'conversation' | 'arrival' | 'message'>,
    ): Promise<{ readonly item: StoredMessage | undefined } | undefined> {
      const { id, conversation, arrival, message: content } = message;
      const state =
        content === undefined
          ? { state: 'done', expires_at: Math.ceil((clock.now() + IDS_KEPT_MS) / 1000) }
          : { state: 'waiting', shard: waitingShardOf(id), at: arrival, content: JSON.stringify(content) };
      const attributes = { conversation, arrival, redrives: 0, ...state };
      const condition = { when: NEW, values: { now: seconds() } };
      const write = await table.putOrGet(messageKey(message), attributes, condition);
      return write.done ? undefined : { item: write.item && present([write.item])[0] };
    },

    /** Like `find`; also finds the id of a message whose person was erased. */
    async findAnywhere(ref: Ref): Promise<StoredMessage | undefined> {
      const { id } = ref;
      const [here, orphan] = await Promise.all([find(ref), find({ partition: orphanPartition(id), id })]);
      // A correction may stand in the place of a message that was erased.
      return here?.state === 'ahead' ? (orphan ?? here) : (here ?? orphan);
    },

    /** Resolves to those that exist. */
    async findEach(refs: readonly Ref[]): Promise<StoredMessage[]> {
      return present(await table.getMany(refs.map(messageKey)));
    },

    /** Resolves to the waiting messages, by arrival. */
    async waitingFor(
      conversation: ConversationId,
      partitions: readonly string[],
    ): Promise<readonly StoredMessage[]> {
      return (await workOf(conversation, partitions)).waiting;
    },

    /** Resolves to the messages of a turn, by platform time, then arrival. */
    async contentsOf(refs: readonly MessageRef[]): Promise<Message[]> {
      const stored = (await table.getMany(refs.map(messageKey))).map(messageFrom);
      return stored.sort(bySentThenArrival).flatMap(({ message }) => message ?? []);
    },
  };
}

export type Messages = ReturnType<typeof openMessages>;
