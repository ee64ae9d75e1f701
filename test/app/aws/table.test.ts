import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { clientSettings } from '#app/aws/client.ts';
import { openTable } from '#app/aws/table.ts';
import { CREDENTIALS, REGION } from '../../fakes/dynamodb.ts';

const KEY = { conversation: 'one' };
const STORED = { conversation: { S: 'one' }, count: { N: '7' }, names: { SS: ['a', 'b'] } };
const FAILED = 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException';

let calls: string[];
beforeEach(() => {
  calls = [];
});

/** A server whose conditions always fail, and that returns the item with the exception or does not. */
async function openTableOf(engine: { returnsItem: boolean; hasItem: boolean }) {
  const server = createServer((request, response) => {
    const call = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    calls.push(call);
    const Item = engine.hasItem ? { Item: STORED } : {};
    const failure = { __type: FAILED, message: 'failed', ...(engine.returnsItem && Item) };
    response.writeHead(call === 'GetItem' ? 200 : 400, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify(call === 'GetItem' ? Item : failure));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpointUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const settings = clientSettings({ region: REGION, endpointUrl });
  const client = new DynamoDBClient({ ...settings, credentials: CREDENTIALS });
  onTestFinished(() => {
    client.destroy();
    server.close();
  });
  return openTable(client, 'things', REGION);
}

describe('a condition that does not hold', () => {
  const condition = { when: '#count = :count', values: { count: 1 } };
  const item = { conversation: 'one', count: 7, names: new Set(['a', 'b']) };

  it('returns the item without a read', async () => {
    const table = await openTableOf({ returnsItem: true, hasItem: true });
    expect(await table.putOrGet(KEY, { count: 2 }, condition)).toEqual({ done: false, item });
    expect(await table.updateOrGet(KEY, { set: { count: 2 }, ...condition })).toEqual({ done: false, item });
    expect(calls).toEqual(['PutItem', 'UpdateItem']);
  });

  it('reads the item when the exception does not contain it', async () => {
    const table = await openTableOf({ returnsItem: false, hasItem: true });
    expect(await table.putOrGet(KEY, { count: 2 }, condition)).toEqual({ done: false, item });
    expect(calls).toEqual(['PutItem', 'GetItem']);
  });

  it('reports a missing item', async () => {
    const table = await openTableOf({ returnsItem: true, hasItem: false });
    const update = { set: { count: 2 }, ...condition };
    expect(await table.updateOrGet(KEY, update)).toEqual({ done: false, item: undefined });
  });
});
