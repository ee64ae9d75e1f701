import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ConversationId } from '#app/domain/conversation.ts';
import { createSqsQueue } from '#app/queues/sqs.ts';
import { receivingFromSqs } from '#app/queues/sqs-receiving.ts';
import { createTriggerLock } from '#app/queues/trigger-lock.ts';
import { REGION, startDynamoDb } from '../fakes/dynamodb.ts';
import { recordedCalls } from '../fakes/recorded-calls.ts';
import { startSqs } from '../fakes/sqs.ts';
import { wallClock } from '../fakes/wall-clock.ts';
import { arnOf, ENVIRONMENTS, one, RECORDINGS } from './graph.ts';
import { allows, permissionsOf } from './iam.ts';
import type { Name } from './record-all.ts';

/** The methods of the ports that each program calls; the others are for operators, who have their own permissions. */
const WEB_SERVICE = ['accept', 'recordStatuses', 'backlog', 'ready', 'wake'];
const OPERATOR = [
  ...['deadLetters', 'deadLetter', 'deadLetterTexts', 'redrive', 'drop'],
  ...['erase', 'search', 'oldestTexts'],
];
const isOfWorker = (method: string) => method === 'wake' || ![...WEB_SERVICE, ...OPERATOR].includes(method);

/** Those of the store, as its contract makes them in `app/stores/dynamodb/contract`. */
const OF_STORE = readFileSync(join(import.meta.dirname, '../app/stores/dynamodb/calls.txt'), 'utf8')
  .trim()
  .split('\n');
const ofQueue = recordedCalls();
const dynamoDb = await startDynamoDb();
const sqs = await startSqs();

it('the calls of the queue are recorded too', async () => {
  const { triggerLockTable: table } = await dynamoDb.tables();
  const { url } = await sqs.queue();
  const client = ofQueue.of(sqs.client());
  const lock = createTriggerLock({
    table,
    clock: wallClock,
    newId: randomUUID,
    client: ofQueue.of(dynamoDb.client()),
    region: REGION,
  });
  const queue = ofQueue.by(
    createSqsQueue({ url, fair: true, lock, clock: wallClock, client, region: REGION }),
  );
  const receiving = ofQueue.by(receivingFromSqs(client, url));
  const conversation: ConversationId = 'a-conversation';
  await queue.wake(conversation, 0);
  await queue.ready();
  await queue.arrived(conversation);
  await queue.visibleCount();
  const [{ receipt = '' } = {}] = await receiving.receive(1, 1, 60);
  await receiving.changeVisibility(receipt, 0);
  await receiving.delete(receipt);
  expect(ofQueue.list().length).toBeGreaterThan(5);
});

describe.each(ENVIRONMENTS)('the programs may make all of their AWS calls: %s', (name) => {
  const { stack } = RECORDINGS[name];
  const webServiceRole = name.endsWith('apprunner') ? 'web' : 'web-task';

  it.each([
    [webServiceRole, (method: string) => WEB_SERVICE.includes(method)],
    ['worker', isOfWorker],
  ])('%s', (role, isOurs) => {
    const permissions = permissionsOf(RECORDINGS[name], `ansari-whatsapp-${stack}-${role}`);
    const ours = [...OF_STORE, ...ofQueue.list()]
      .map((call) => call.split(' '))
      .filter(([method = '']) => isOurs(method));
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
