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
import { awsUnavailable } from '../../aws/errors.ts';
import { Unavailable } from '../../domain/errors.ts';
import { type Row, toRow, type Value } from './attributes.ts';
import { namesIn, toExpression, type Update } from './expressions.ts';

export type Key = Readonly<Record<string, string>>;

/** `#name` stands for an attribute, `:name` for one of the values. */
export interface Condition {
  readonly when: string;
  readonly values?: Readonly<Record<string, Value>>;
}

interface Question {
  readonly where: string;
  readonly filter?: string;
  readonly values: Readonly<Record<string, Value>>;
  /** Absent: the table itself, read consistently. An index shows what was true a moment ago. */
  readonly index?: string;
  /** Items in a page; the pages go on until there are no more. */
  readonly pageSize?: number;
}

/** BatchGetItem takes no more at once. */
const GOT_AT_ONCE = 100;

/**
 * One table: single items, conditional writes, whole answers. Reads are consistent. Every failure is `Unavailable`;
 * a condition that does not hold is an answer.
 */
export function openTable(client: DynamoDBClient, name: string, region: string) {
  const TableName = name;

  async function ask<Answer>(call: Promise<Answer>): Promise<Answer> {
    try {
      return await call;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) throw error;
      throw awsUnavailable(error, `DynamoDB table ${name} in ${region}`);
    }
  }

  async function unless<Answer>(call: Promise<Answer>): Promise<Answer | undefined> {
    try {
      return await ask(call);
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw error;
    }
  }

  async function get(key: Key): Promise<Row | undefined> {
    const command = new GetItemCommand({ TableName, Key: toRow(key), ConsistentRead: true });
    return (await ask(client.send(command))).Item;
  }

  async function* pages({ where, filter, values, index, pageSize }: Question): AsyncGenerator<Row[]> {
    let from: Row | undefined;
    do {
      const command = new QueryCommand({
        TableName,
        ...(index === undefined ? { ConsistentRead: true } : { IndexName: index }),
        KeyConditionExpression: where,
        ...(filter !== undefined && { FilterExpression: filter }),
        ...namesIn([where, filter]),
        ExpressionAttributeValues: toRow(prefixed(values)),
        ...(pageSize !== undefined && { Limit: pageSize }),
        ...(from !== undefined && { ExclusiveStartKey: from }),
      });
      const answer = await ask(client.send(command));
      yield answer.Items ?? [];
      from = answer.LastEvaluatedKey;
    } while (from !== undefined);
  }

  /**
   * BatchGetItem leaves the rest undone after 16 MB, after 1 MB of one partition, and under load; each answer brings at
   * least one item, or AWS throws ("BatchGetItem", DynamoDB API reference).
   */
  async function getSome(keys: readonly Key[]): Promise<Row[]> {
    const found: Row[] = [];
    let left = keys.map(toRow);
    while (left.length > 0) {
      const RequestItems = { [name]: { Keys: left, ConsistentRead: true } };
      const answer = await ask(client.send(new BatchGetItemCommand({ RequestItems })));
      found.push(...(answer.Responses?.[name] ?? []));
      const undone = answer.UnprocessedKeys?.[name]?.Keys ?? [];
      if (undone.length === left.length) {
        const says = `DynamoDB table ${name} in ${region}: AWS throttles us`;
        throw new Unavailable(says, { scope: 'app', code: 'UnprocessedKeys' });
      }
      left = undone;
    }
    return found;
  }

  return {
    get,
    pages,

    /** Those that are there, in any order. */
    async getMany(keys: readonly Key[]): Promise<Row[]> {
      const batches: Promise<Row[]>[] = [];
      for (let start = 0; start < keys.length; start += GOT_AT_ONCE) {
        batches.push(getSome(keys.slice(start, start + GOT_AT_ONCE)));
      }
      return (await Promise.all(batches)).flat();
    },

    async query(question: Question): Promise<Row[]> {
      const rows: Row[] = [];
      for await (const page of pages(question)) rows.push(...page);
      return rows;
    },

    /** One page of the whole table, and where the next one begins. Not consistent: half the price. */
    async scanPage(filter: string, values: Readonly<Record<string, Value>>, from: Row | undefined) {
      const command = new ScanCommand({
        TableName,
        FilterExpression: filter,
        ...namesIn([filter]),
        ExpressionAttributeValues: toRow(prefixed(values)),
        ...(from !== undefined && { ExclusiveStartKey: from }),
      });
      const answer = await ask(client.send(command));
      return { rows: answer.Items ?? [], next: answer.LastEvaluatedKey };
    },

    /** False when the condition does not hold; the item is as it was. */
    async put(item: Readonly<Record<string, Value | undefined>>, condition?: Condition): Promise<boolean> {
      const command = new PutItemCommand({ TableName, Item: toRow(item), ...conditional(condition) });
      return (await unless(client.send(command))) !== undefined;
    },

    /** The item as it is afterwards; undefined when the condition does not hold. Without an item, makes one. */
    async update(key: Key, update: Update): Promise<Row | undefined> {
      const command = new UpdateItemCommand({
        TableName,
        Key: toRow(key),
        ...toExpression(update),
        ReturnValues: 'ALL_NEW',
      });
      return (await unless(client.send(command)))?.Attributes;
    },

    /** False when the condition does not hold. Deleting what is not there is no failure. */
    async delete(key: Key, condition?: Condition): Promise<boolean> {
      const command = new DeleteItemCommand({ TableName, Key: toRow(key), ...conditional(condition) });
      return (await unless(client.send(command))) !== undefined;
    },
  };
}

export type Table = ReturnType<typeof openTable>;

function conditional(condition: Condition | undefined) {
  if (condition === undefined) return {};
  const { when, values = {} } = condition;
  return {
    ConditionExpression: when,
    ...namesIn([when]),
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: toRow(prefixed(values)) }),
  };
}

function prefixed(values: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`:${name}`, value]));
}
