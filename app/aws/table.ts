import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { Unavailable } from '../domain/errors.ts';
import { awsUnavailable } from './errors.ts';
import {
  type Condition,
  type Item,
  namesIn,
  toAttributes,
  toCondition,
  toItem,
  toUpdate,
  type Update,
  type Values,
  valuesOf,
} from './expressions.ts';

export type Key = Readonly<Record<string, string>>;

/** A conditional write: done, with the item as it is now, or the item for which the condition did not hold. */
export type Write =
  | { readonly done: true; readonly item: Item }
  /** `item`: undefined when there is none (any more). */
  | { readonly done: false; readonly item: Item | undefined };

interface Query {
  readonly where: string;
  readonly filter?: string;
  readonly values: Values;
  /** Absent: the table itself, read consistently. An index shows what was true a moment ago. */
  readonly index?: string;
  /** Items in a page; the pages go on until there are no more. */
  readonly pageSize?: number;
}

/** The most keys that BatchGetItem takes. */
const MAX_BATCH_KEYS = 100;

/**
 * One table: single items, conditional writes, whole results. Reads are consistent. Every failure is `Unavailable`; a
 * condition that does not hold is a result.
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

  /** Resolves to the exception when the condition does not hold. */
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
   * AWS sends the item with the exception, which costs no read ("PutItem", DynamoDB API reference,
   * `ReturnValuesOnConditionCheckFailure`). Emulators that know nothing of that are asked again.
   */
  async function failed(key: Key, { Item }: ConditionalCheckFailedException): Promise<Write> {
    return { done: false, item: Item === undefined ? await get(key) : toItem(Item) };
  }

  async function* pages({ where, filter, values, index, pageSize }: Query): AsyncGenerator<Item[]> {
    let ExclusiveStartKey: Parameters<typeof toItem>[0] | undefined;
    do {
      const command = new QueryCommand({
        TableName,
        ...(index === undefined ? { ConsistentRead: true } : { IndexName: index }),
        KeyConditionExpression: where,
        ...(filter !== undefined && { FilterExpression: filter }),
        ...namesIn([where, filter]),
        ...valuesOf(values),
        ...(pageSize !== undefined && { Limit: pageSize }),
        ...(ExclusiveStartKey !== undefined && { ExclusiveStartKey }),
      });
      const { Items = [], LastEvaluatedKey } = await send(client.send(command));
      yield Items.map(toItem);
      ExclusiveStartKey = LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
  }

  /**
   * BatchGetItem leaves keys unprocessed after 16 MB, after 1 MB of one partition, and under load; each call returns at
   * least one item, or AWS throws ("BatchGetItem", DynamoDB API reference).
   */
  async function getBatch(keys: readonly Key[]): Promise<Item[]> {
    const found: Item[] = [];
    let left = keys.map(toAttributes);
    while (left.length > 0) {
      const RequestItems = { [name]: { Keys: left, ConsistentRead: true } };
      const { Responses, UnprocessedKeys } = await send(
        client.send(new BatchGetItemCommand({ RequestItems })),
      );
      found.push(...(Responses?.[name] ?? []).map(toItem));
      const unprocessed = UnprocessedKeys?.[name]?.Keys ?? [];
      if (unprocessed.length === left.length) {
        throw new Unavailable(`${what}: AWS throttles us`, { scope: 'app', code: 'UnprocessedKeys' });
      }
      left = unprocessed;
    }
    return found;
  }

  return {
    get,
    pages,

    /** Resolves to the items that exist, in any order. */
    async getMany(keys: readonly Key[]): Promise<Item[]> {
      const batches: Promise<Item[]>[] = [];
      for (let start = 0; start < keys.length; start += MAX_BATCH_KEYS) {
        batches.push(getBatch(keys.slice(start, start + MAX_BATCH_KEYS)));
      }
      return (await Promise.all(batches)).flat();
    },

    async query(query: Query): Promise<Item[]> {
      const items: Item[] = [];
      for await (const page of pages(query)) items.push(...page);
      return items;
    },

    /** Resolves to one page of the whole table, and where the next one begins. Not consistent: half the price. */
    async scanPage(filter: string, values: Values, from: Key | undefined) {
      const command = new ScanCommand({
        TableName,
        FilterExpression: filter,
        ...namesIn([filter]),
        ...valuesOf(values),
        ...(from !== undefined && { ExclusiveStartKey: toAttributes(from) }),
      });
      const { Items = [], LastEvaluatedKey } = await send(client.send(command));
      return { items: Items.map(toItem), next: LastEvaluatedKey && toItem(LastEvaluatedKey) };
    },

    /** Resolves to false when the condition does not hold; the item is as it was. */
    async put(item: Values, condition?: Condition): Promise<boolean> {
      const command = new PutItemCommand({ TableName, Item: toAttributes(item), ...toCondition(condition) });
      return !((await attempt(client.send(command))) instanceof ConditionalCheckFailedException);
    },

    /** The same; resolves to the item that was in the way. */
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

    /** Resolves to the item as it is now; undefined when the condition does not hold. Without an item, makes one. */
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

    /** The same; resolves also to the item for which the condition did not hold. */
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
