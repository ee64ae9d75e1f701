import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ConversationId } from '#app/domain/conversation.ts';
import type { ConversationStore } from '#app/ports/store.ts';
import { createSqsQueue } from '#app/queues/sqs.ts';
import { receivingFromSqs } from '#app/queues/sqs-receiving.ts';
import { createTriggerLock } from '#app/queues/trigger-lock.ts';
import { createDynamoDbStore } from '#app/stores/dynamodb/store.ts';
import { storeContract } from '../contracts/store.ts';
import { REGION, startDynamoDb } from '../fakes/dynamodb.ts';
import { startSqs } from '../fakes/sqs.ts';
import { wallClock } from '../fakes/wall-clock.ts';
import { arnOf, ENVIRONMENTS, one, RECORDINGS } from './graph.ts';
import { allows, permissionsOf } from './iam.ts';
import type { Name } from './record-all.ts';

/** The methods of the ports that each program calls; the others are for operators, who have their own permissions. */
const WEB_SERVICE = ['accept', 'recordStatuses', 'backlog', 'ready', 'wake'];
const OPERATOR = ['deadLetters', 'redrive', 'erase'];
const isOfWorker = (method: string) => method === 'wake' || ![...WEB_SERVICE, ...OPERATOR].includes(method);

/** The AWS calls, each with the method of a port that made it: `claim dynamodb:Query stage/index/by-time`. */
const calls = new Set<string>();
const caller = new AsyncLocalStorage<string>();
const dynamoDb = await startDynamoDb();
const sqs = await startSqs();

const INPUT = z.object({
  TableName: z.string().optional(),
  IndexName: z.string().optional(),
  RequestItems: z.record(z.string(), z.unknown()).default({}),
});

/** Records the calls of the client from now on. */
function recordCalls<Client extends DynamoDBClient | SQSClient>(client: Client): Client {
  const { requestHandler } = client.config;
  const handle = requestHandler.handle.bind(requestHandler);
  requestHandler.handle = async (...args: Parameters<typeof handle>) => {
    const [{ headers, body }] = args;
    recordCall(headers['x-amz-target'] ?? '', String(body));
    return handle(...args);
  };
  return client;
}

/** `target` is the header of the call: `DynamoDB_20120810.PutItem`. */
function recordCall(target: string, body: string): void {
  const method = caller.getStore();
  if (method === undefined) return;
  const [service, action] = target.split('.');
  if (service === 'AmazonSQS') return void calls.add(`${method} sqs:${action} turns`);
  const { TableName, IndexName, RequestItems } = INPUT.parse(JSON.parse(body));
  for (const table of TableName === undefined ? Object.keys(RequestItems) : [TableName]) {
    const place =
      table.replace(/^test-[0-9a-f]+-/, '') + (IndexName === undefined ? '' : `/index/${IndexName}`);
    calls.add(`${method} dynamodb:${action} ${place}`);
  }
}

/** Returns the port with methods that set `caller` to their name. */
function withCaller<T extends object>(port: T): T {
  return new Proxy(port, {
    get(target, name, receiver) {
      const value: unknown = Reflect.get(target, name, receiver);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => caller.run(String(name), () => Reflect.apply(value, target, args));
    },
  });
}

storeContract({
  name: 'recorded',
  open: async (clock) =>
    withCaller<ConversationStore>(
      createDynamoDbStore({
        ...(await dynamoDb.tables()),
        ...{ region: REGION, client: recordCalls(dynamoDb.client()), clock, newId: randomUUID },
      }),
    ),
});

it('the calls of the queue are recorded too', async () => {
  const { triggerLockTable: table } = await dynamoDb.tables();
  const { url } = await sqs.queue();
  const client = recordCalls(sqs.client());
  const lock = createTriggerLock({
    table,
    clock: wallClock,
    newId: randomUUID,
    client: recordCalls(dynamoDb.client()),
    region: REGION,
  });
  const queue = withCaller(
    createSqsQueue({ url, fair: true, lock, clock: wallClock, client, region: REGION }),
  );
  const receiving = withCaller(receivingFromSqs(client, url));
  const conversation: ConversationId = 'a-conversation';
  await queue.wake(conversation, 0);
  await queue.ready();
  await queue.arrived(conversation);
  await queue.visibleCount();
  const [{ receipt = '' } = {}] = await receiving.receive(1, 1, 60);
  await receiving.changeVisibility(receipt, 0);
  await receiving.delete(receipt);
  expect(calls.size).toBeGreaterThan(30);
});

describe.each(ENVIRONMENTS)('the programs may make all of their AWS calls: %s', (name) => {
  const { stack } = RECORDINGS[name];
  const webServiceRole = name.endsWith('apprunner') ? 'web' : 'web-task';

  it.each([
    [webServiceRole, (method: string) => WEB_SERVICE.includes(method)],
    ['worker', isOfWorker],
  ])('%s', (role, isOurs) => {
    const permissions = permissionsOf(RECORDINGS[name], `ansari-whatsapp-${stack}-${role}`);
    const ours = [...calls].map((call) => call.split(' ')).filter(([method = '']) => isOurs(method));
    expect(ours.length).toBeGreaterThan(8);
    for (const [method, action = '', place = ''] of ours)
      expect(allows(permissions, action, resourceOf(name, place)), `${method}: ${action} on ${place}`).toBe(
        true,
      );
  });
});

function resourceOf(name: Name, place: string): string {
  if (place === 'turns') return arnOf(one(name, 'aws:sqs/queue:Queue', 'turns'));
  const [table = '', ...index] = place.split('/');
  return [arnOf(one(name, 'aws:dynamodb/table:Table', table)), ...index].join('/');
}
