import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { awsUnavailable } from './errors.ts';
import {
  type Condition,
  type Item,
  type Key,
  toAttributes,
  toCondition,
  toItem,
  toUpdate,
  type Update,
  type Values,
} from './expressions.ts';
import { readMany } from './table-reads.ts';

/** The result of a conditional write: the item after it, or the item for which the condition did not hold. */
export type Write =
  | { readonly done: true; readonly item: Item }
  /** `item`: undefined when there is none. */
  | { readonly done: false; readonly item: Item | undefined };

/**
 * Returns the operations of one table: single items, conditional writes, complete query results. Reads are consistent.
 * Every failure is `Unavailable`; a condition that does not hold is a result.
 */
export function openTable(client: DynamoDBClient, name: string, region = 'the region of the environment') {
  const TableName = name;
  const what = `DynamoDB table ${name} in ${region}`;

  async function send<Output>(call: Promise<Output>): Promise<Output> {
    try {
      return await call;
    } catch (error) {
      throw awsUnavailable(error, what);
    }
  }

  /** Resolves to the exception if the condition does not hold. */
  async function attempt<Output>(call: Promise<Output>): Promise<Output | ConditionalCheckFailedException> {
    try {
      return await call;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return error;
      throw awsUnavailable(error, what);
    }
  }

  async function get(key: Key): Promise<Item | undefined> {
    const command = new GetItemCommand({ TableName, Key: toAttributes(key), ConsistentRead: true });
    const { Item } = await send(client.send(command));
    return Item && toItem(Item);
  }

  /**
   * AWS returns the item with the exception, which costs no read ("PutItem", DynamoDB API reference,
   * `ReturnValuesOnConditionCheckFailure`). Emulators without that need a second call.
   */
  async function failed(key: Key, { Item }: ConditionalCheckFailedException): Promise<Write> {
    return { done: false, item: Item === undefined ? await get(key) : toItem(Item) };
  }

  return {
    ...readMany({ client, name, what, send }),
    name,
    get,

    /** Resolves to false when the condition does not hold; the item is unchanged. */
    async put(item: Values, condition?: Condition): Promise<boolean> {
      const command = new PutItemCommand({ TableName, Item: toAttributes(item), ...toCondition(condition) });
      return !((await attempt(client.send(command))) instanceof ConditionalCheckFailedException);
    },

    /** Like `put`; when the condition does not hold, also resolves to the existing item. */
    async putOrGet(key: Key, attributes: Values, condition: Condition): Promise<Write> {
      const item = { ...attributes, ...key };
      const command = new PutItemCommand({
        TableName,
        Item: toAttributes(item),
        ...toCondition(condition),
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      const output = await attempt(client.send(command));
      if (output instanceof ConditionalCheckFailedException) return failed(key, output);
      return { done: true, item };
    },

    /** Resolves to the updated item; undefined when the condition does not hold. Creates a missing item. */
    async update(key: Key, update: Update): Promise<Item | undefined> {
      const command = new UpdateItemCommand({
        TableName,
        Key: toAttributes(key),
        ...toUpdate(update),
        ReturnValues: 'ALL_NEW',
      });
      const output = await attempt(client.send(command));
      return output instanceof ConditionalCheckFailedException ? undefined : toItem(output.Attributes ?? {});
    },

    /** Like `update`; when the condition does not hold, also resolves to the existing item. */
    async updateOrGet(key: Key, update: Update): Promise<Write> {
      const command = new UpdateItemCommand({
        TableName,
        Key: toAttributes(key),
        ...toUpdate(update),
        ReturnValues: 'ALL_NEW',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      const output = await attempt(client.send(command));
      if (output instanceof ConditionalCheckFailedException) return failed(key, output);
      return { done: true, item: toItem(output.Attributes ?? {}) };
    },

    /** Resolves to false when the condition does not hold. Idempotent. */
    async delete(key: Key, condition?: Condition): Promise<boolean> {
      const command = new DeleteItemCommand({
        TableName,
        Key: toAttributes(key),
        ...toCondition(condition),
      });
      return !((await attempt(client.send(command))) instanceof ConditionalCheckFailedException);
    },
  };
}

export type Table = ReturnType<typeof openTable>;
