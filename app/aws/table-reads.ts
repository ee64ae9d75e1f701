import {
  BatchGetItemCommand,
  type DynamoDBClient,
  QueryCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { Unavailable } from '../domain/errors.ts';
import { type Item, type Key, namesIn, toAttributes, toItem, type Values, valuesOf } from './expressions.ts';

interface ReadPorts {
  readonly client: DynamoDBClient;
  readonly name: string;
  /** The table, for error messages. */
  readonly what: string;
  /** Awaits the call; throws `Unavailable` when it fails. */
  readonly send: <Output>(call: Promise<Output>) => Promise<Output>;
}

interface Query {
  readonly where: string;
  readonly filter?: string;
  readonly values: Values;
  /** Default: the table itself, with consistent reads. An index is eventually consistent. */
  readonly index?: string;
  /** Maximum number of items in a page; every page is read. */
  readonly pageSize?: number;
}

/** BatchGetItem's limit. */
const MAX_BATCH_KEYS = 100;

/** Reads that return many items of a table. */
export function readMany({ client, name, what, send }: ReadPorts) {
  const TableName = name;

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

    /**
     * Resolves to one page of the whole table and the start of the next page. Without a filter: every item. Eventually
     * consistent, for half the price, unless `isConsistent`.
     */
    async scanPage(
      filter: string | undefined,
      values: Values,
      from: Key | undefined,
      { isConsistent = false } = {},
    ) {
      const command = new ScanCommand({
        TableName,
        ConsistentRead: isConsistent,
        ...(filter !== undefined && { FilterExpression: filter }),
        ...namesIn([filter]),
        ...valuesOf(values),
        ...(from !== undefined && { ExclusiveStartKey: toAttributes(from) }),
      });
      const { Items = [], LastEvaluatedKey } = await send(client.send(command));
      return { items: Items.map(toItem), next: LastEvaluatedKey && toItem(LastEvaluatedKey) };
    },
  };
}
