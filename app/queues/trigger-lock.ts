import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type AwsPlace, clientSettings } from '../aws/client.ts';
import { openTable } from '../aws/table.ts';
import type { ConversationId } from '../domain/conversation.ts';
import type { Clock } from '../ports/clock.ts';

interface TriggerLockOptions extends AwsPlace {
  readonly table: string;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly client?: DynamoDBClient;
}

/**
 * A wake-up that has not arrived this long after its due time counts as lost: the process that held the lock died before
 * sending, or the queue is slow. A second wake-up costs little; a conversation without one waits for the sweep.
 */
const LOST_AFTER_MS = 5_000;

/** Absent, expired, or for a later due time. DynamoDB deletes expired items days late, so the time is compared here. */
const FREE = 'attribute_not_exists(#conversation) OR #lost_at <= :now OR #due_at > :due';

/** Records for each conversation whether a wake-up is in flight, so that a burst of messages costs one. */
export function createTriggerLock({ table: name, clock, newId, client, ...place }: TriggerLockOptions) {
  const dynamoDb = client ?? new DynamoDBClient(clientSettings(place));
  const table = openTable(dynamoDb, name, place.region);

  return {
    /**
     * Resolves to a token when a wake-up for this due time must be sent; to undefined when one is in flight that arrives
     * no later.
     */
    async take(conversation: ConversationId, dueAt: number): Promise<string | undefined> {
      const token = newId();
      const lostAt = dueAt + LOST_AFTER_MS;
      const item = { token, due_at: dueAt, lost_at: lostAt, expires_at: Math.ceil(lostAt / 1000) };
      const values = { now: clock.now(), due: dueAt };
      const write = await table.putOrGet({ conversation }, item, { when: FREE, values });
      // The SDK repeats a call whose response was lost: the lock in the way may be our own.
      return write.done || write.item?.token === token ? token : undefined;
    },

    /** Releases the lock: the wake-up arrived (no token), or it could not be sent (the token from `take`). */
    async clear(conversation: ConversationId, token?: string): Promise<void> {
      const own = token === undefined ? undefined : { when: '#token = :token', values: { token } };
      await table.delete({ conversation }, own);
    },

    /** Throws `Unavailable` with what an operator can do. */
    async ready(): Promise<void> {
      await table.get({ conversation: 'ready' });
    },

    close(): void {
      dynamoDb.destroy();
    },
  };
}

export type TriggerLock = ReturnType<typeof createTriggerLock>;
