import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { type AwsPlace, clientSettings } from '../aws/client.ts';
import { awsUnavailable } from '../aws/errors.ts';
import type { ConversationId } from '../domain/conversation.ts';
import type { Clock } from '../ports/clock.ts';

interface TriggerLockOptions extends AwsPlace {
  readonly table: string;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly client?: DynamoDBClient;
}

/**
 * A wake-up that has not come this long after its time counts as lost: whoever held the lock died before sending, or
 * the queue is slow. Then a second one costs little and a deaf conversation costs much.
 */
const LOST_AFTER_MS = 5_000;

/** Absent, over, or for later than we need. DynamoDB deletes expired items days late, so the time is compared here. */
const FREE = 'attribute_not_exists(#conversation) OR #lost_at <= :now OR #due_at > :due';
const NAMES = { '#conversation': 'conversation', '#lost_at': 'lost_at', '#due_at': 'due_at' };

/** Says of each conversation whether a wake-up is on its way, so that a burst of messages costs one. */
export function createTriggerLock({ table, clock, newId, client, ...place }: TriggerLockOptions) {
  const dynamoDb = client ?? new DynamoDBClient(clientSettings(place));
  const TableName = table;
  const what = `DynamoDB table ${table} in ${place.region ?? 'the region of the environment'}`;
  const failed = (error: unknown) => awsUnavailable(error, what);

  async function holder(conversation: ConversationId): Promise<string | undefined> {
    const command = new GetItemCommand({ TableName, Key: keyOf(conversation), ConsistentRead: true });
    return (await dynamoDb.send(command)).Item?.token?.S;
  }

  return {
    /** A token when a wake-up for this time must be sent now; undefined when one is on its way that comes no later. */
    async take(conversation: ConversationId, dueAt: number): Promise<string | undefined> {
      const token = newId();
      const lostAt = dueAt + LOST_AFTER_MS;
      const command = new PutItemCommand({
        TableName,
        Item: {
          ...keyOf(conversation),
          token: { S: token },
          due_at: { N: String(dueAt) },
          lost_at: { N: String(lostAt) },
          expires_at: { N: String(Math.ceil(lostAt / 1000)) },
        },
        ConditionExpression: FREE,
        ExpressionAttributeNames: NAMES,
        ExpressionAttributeValues: { ':now': { N: String(clock.now()) }, ':due': { N: String(dueAt) } },
      });
      try {
        await dynamoDb.send(command);
        return token;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw failed(error);
      }
      // The SDK repeats a call whose answer was lost: what is in its way may be our own.
      const held = await holder(conversation).catch((error) => {
        throw failed(error);
      });
      return held === token ? token : undefined;
    },

    /** Gives it up: the wake-up came (no token), or it could not be sent (the token of `take`). */
    async clear(conversation: ConversationId, token?: string): Promise<void> {
      const command = new DeleteItemCommand({
        TableName,
        Key: keyOf(conversation),
        ...(token !== undefined && {
          ConditionExpression: '#token = :token',
          ExpressionAttributeNames: { '#token': 'token' },
          ExpressionAttributeValues: { ':token': { S: token } },
        }),
      });
      try {
        await dynamoDb.send(command);
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw failed(error);
      }
    },

    /** Throws `Unavailable` with what an operator can do. */
    async ready(): Promise<void> {
      await holder('ready').catch((error) => {
        throw failed(error);
      });
    },

    close(): void {
      dynamoDb.destroy();
    },
  };
}

export type TriggerLock = ReturnType<typeof createTriggerLock>;

function keyOf(conversation: ConversationId) {
  return { conversation: { S: conversation } };
}
