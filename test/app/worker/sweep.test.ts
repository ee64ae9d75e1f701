import { expect, it } from 'vitest';
import { readWakeUp } from '#app/queues/sqs.ts';
import { awsWorker } from '../../fakes/aws-worker.ts';
import { settableClock } from '../../fakes/clock.ts';
import { startDynamoDb } from '../../fakes/dynamodb.ts';
import { message } from '../../fakes/messages.ts';
import { startSqs } from '../../fakes/sqs.ts';

const dynamoDb = await startDynamoDb();
const sqs = await startSqs();

it('finds the lost wake-ups of one business behind those of another', async () => {
  const clock = settableClock();
  const queue = await sqs.queue();
  const tables = await dynamoDb.tables();
  const worker = awsWorker({ clock, dynamoDb, tables, sqs, queueUrl: queue.url, share: 0.02 });
  const of = (business: string, index: number) =>
    message('?', { business, person: { phone: `1555${index}` } });
  await worker.store.accept(Array.from({ length: 60 }, (_, index) => of('flood', index)));
  clock.advance(1);
  const quiet = await worker.store.accept([1, 2, 3].map((index) => of('quiet', index)));
  clock.advance(60_000);

  expect(await worker.sweep()).toBe(13);
  const woken = (await queue.take(13)).flatMap((body) => readWakeUp(body) ?? []);
  for (const { conversation } of quiet) expect(woken).toContain(conversation);
});

it('replaces every lost wake-up, but only the oldest while the workers are behind', async () => {
  const clock = settableClock();
  const queue = await sqs.queue();
  const tables = await dynamoDb.tables();
  const worker = awsWorker({ clock, dynamoDb, tables, sqs, queueUrl: queue.url });
  const messages = Array.from({ length: 30 }, (_, index) =>
    message('?', { person: { phone: `1555${index}` } }),
  );
  const conversations: string[] = [];
  for (const one of messages) {
    clock.advance(1);
    for (const { conversation } of await worker.store.accept([one])) conversations.push(conversation);
  }
  clock.advance(60_000);

  await Promise.all(Array.from({ length: 101 }, () => queue.send('late')));
  expect(await worker.sweep()).toBe(10);
  const bodies = await queue.take(111);
  const woken = bodies.flatMap((body) => readWakeUp(body) ?? []);
  expect(woken.toSorted()).toEqual(conversations.slice(0, 10).toSorted());

  clock.advance(60_000);
  expect(await worker.sweep()).toBe(30);
  expect((await queue.counts()).ready).toBe(30);
});
