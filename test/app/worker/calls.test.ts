import { expect, it } from 'vitest';
import { awsWorker } from '../../fakes/aws-worker.ts';
import { settableClock } from '../../fakes/clock.ts';
import { startDynamoDb } from '../../fakes/dynamodb.ts';
import { message, status } from '../../fakes/messages.ts';
import { startSqs } from '../../fakes/sqs.ts';

const dynamoDb = await startDynamoDb();
const sqs = await startSqs();

/**
 * The calls for one message that is answered in one part and read: the figures of
 * docs/decisions/0202-cost-of-a-message.md. A change here changes the cost.
 */
it('makes a fixed number of AWS calls for a message of a known person', async () => {
  const clock = settableClock();
  const queue = await sqs.queue();
  const tables = await dynamoDb.tables();
  const worker = awsWorker({ clock, dynamoDb, tables, sqs, queueUrl: queue.url });
  const calls: string[] = [];
  for (const wire of [worker.client.config.requestHandler, worker.wire.config.requestHandler]) {
    const handle = wire.handle.bind(wire);
    wire.handle = async (...args) => {
      calls.push(args[0].headers['x-amz-target'] ?? '');
      return handle(...args);
    };
  }
  const takeCounts = () => {
    const counts: Record<string, number> = {};
    for (const name of calls.splice(0)) {
      const call = name.split('.')[1] ?? name;
      counts[call] = (counts[call] ?? 0) + 1;
    }
    return counts;
  };
  const deliver = () => worker.deliver([message('What is zakat?', { sentAt: clock.now() })]);
  const answer = async () => {
    const [body = ''] = await queue.take(1);
    await worker.handle(body, new AbortController().signal);
  };
  await deliver();
  await answer();
  takeCounts();
  clock.advance(2 * 60_000);

  await deliver();
  expect(takeCounts()).toEqual({ BatchGetItem: 1, PutItem: 2, SendMessage: 1 });
  await answer();
  expect(takeCounts()).toEqual({
    ...{ DeleteItem: 1, GetItem: 2, BatchGetItem: 1, Query: 3 },
    ...{ UpdateItem: 7, PutItem: 2 },
  });
  const key = worker.channel.sent.at(-1)?.part.key ?? '';
  // With the price where Meta reports it. It is counted with the second status, by a write of its own.
  const pricing = { billable: true, category: 'service', country: 'PK' };
  const reports = [
    status(key, 'sent', { pricing }),
    status(key, 'delivered', { pricing }),
    status(key, 'read'),
  ];
  for (const report of reports) await worker.store.recordStatuses([report]);
  expect(takeCounts()).toEqual({ GetItem: 3, UpdateItem: 4 });
});
