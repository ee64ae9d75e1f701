import { randomUUID } from 'node:crypto';
import { type SendMessageCommandInput, type SQSClient, SQSServiceException } from '@aws-sdk/client-sqs';
import { beforeEach, describe, expect, it } from 'vitest';
import { Unavailable } from '#app/domain/errors.ts';
import { createSqsQueue, readWakeUp, type SqsQueue } from '#app/queues/sqs.ts';
import { createTriggerLock } from '#app/queues/trigger-lock.ts';
import { startPolling } from '#app/worker/poll.ts';
import { awsWorker } from '../fakes/aws-worker.ts';
import { type SettableClock, settableClock } from '../fakes/clock.ts';
import { type DynamoDb, REGION } from '../fakes/dynamodb.ts';
import type { Sqs, TestQueue } from '../fakes/sqs.ts';
import { wallClock } from '../fakes/wall-clock.ts';

/** The contract of the wake-ups, over the protocols of SQS and DynamoDB. */
export function sqsQueueContract(name: string, sqs: Sqs, dynamoDb: DynamoDb): void {
  describe(`wake-ups in ${name}`, () => {
    let clock: SettableClock;
    let target: TestQueue;
    let lockTable: string;
    let queue: SqsQueue;
    beforeEach(async () => {
      clock = settableClock();
      target = await sqs.queue();
      lockTable = (await dynamoDb.tables()).triggerLockTable;
      queue = open(target.url);
    });

    function open(
      url: string,
      client = dynamoDb.client(),
      table = lockTable,
      { fair = true, wire = sqs.client() } = {},
    ): SqsQueue {
      const lock = createTriggerLock({ table, clock, newId: randomUUID, client, region: REGION });
      return createSqsQueue({ url, fair, lock, clock, client: wire, region: REGION });
    }
    const total = async () => {
      const { ready, delayed } = await target.counts();
      return ready + delayed;
    };

    it('contain only the id of the conversation', async () => {
      await queue.wake('conversation-1', 0);
      const [body = ''] = await target.take(1);
      expect(JSON.parse(body)).toEqual({ conversation: 'conversation-1' });
      expect(readWakeUp(body)).toBe('conversation-1');
    });

    it('name the business whose they are, so that a flood of one does not delay the others', async () => {
      const { wire, groups } = overheard(sqs.client());
      const fair = open(target.url, dynamoDb.client(), lockTable, { wire });
      await fair.wake('65f0a1b2c3d4e5f6a7b8c9d0~conversation-1', 0);
      expect(groups[0]).toBe('65f0a1b2c3d4e5f6a7b8c9d0');
      groups.length = 0;
      const plain = open(target.url, dynamoDb.client(), lockTable, { wire, fair: false });
      await plain.wake('65f0a1b2c3d4e5f6a7b8c9d0~conversation-2', 0);
      expect(groups).toEqual([undefined]);
      expect(await total()).toBe(2);
    });

    it('are sent without their business to a queue that takes none, and that is asked once', async () => {
      const { wire, groups } = overheard(sqs.client(), 'without groups');
      const fair = open(target.url, dynamoDb.client(), lockTable, { wire });
      await fair.wake('quiet~conversation-1', 0);
      await fair.wake('quiet~conversation-2', 0);
      expect(groups).toEqual(['quiet', undefined, undefined]);
      expect(await total()).toBe(2);
    });

    it('are delayed in whole seconds, rounded up', async () => {
      await queue.wake('conversation-1', 1_400);
      expect(await target.counts()).toEqual({ ready: 0, delayed: 1 });
      await target.take(1);
    });

    it('are delayed by at most the maximum of SQS', async () => {
      await queue.wake('conversation-1', 24 * 60 * 60 * 1000);
      expect(await target.counts()).toEqual({ ready: 0, delayed: 1 });
    });

    it('of a burst are merged into one, also through concurrent clients', async () => {
      const queues = Array.from({ length: 5 }, () => open(target.url));
      await Promise.all([...queues, ...queues].map((web) => web.wake('conversation-1', 1_000)));
      expect(await total()).toBe(1);
      await queue.wake('conversation-2', 1_000);
      expect(await total()).toBe(2);
    });

    it('that have arrived allow the next one', async () => {
      await queue.wake('conversation-1', 0);
      await queue.arrived('conversation-1');
      await queue.wake('conversation-1', 0);
      expect(await total()).toBe(2);
    });

    it('do not suppress one that is due earlier', async () => {
      await queue.wake('conversation-1', 300_000);
      await queue.wake('conversation-1', 1_000);
      expect(await total()).toBe(2);
      await queue.wake('conversation-1', 60_000);
      expect(await total()).toBe(2);
    });

    it('count as lost some seconds after they are due', async () => {
      await queue.wake('conversation-1', 1_000);
      clock.advance(1_000 + 4_999);
      await queue.wake('conversation-1', 0);
      expect(await total()).toBe(1);
      clock.advance(60_000);
      await queue.wake('conversation-1', 0);
      expect(await total()).toBe(2);
    });

    it('that could not be sent do not suppress the next one', async () => {
      const elsewhere = open(target.url.replace(/[^/]+$/, 'no-such-queue'));
      await expect(elsewhere.wake('conversation-1', 0)).rejects.toBeInstanceOf(Unavailable);
      await queue.wake('conversation-1', 0);
      expect(await total()).toBe(1);
    });

    it('are sent when the response of the lock is lost and the SDK retries', async () => {
      const client = dynamoDb.client();
      const wire = client.config.requestHandler;
      const handle = wire.handle.bind(wire);
      let lost = false;
      wire.handle = async (request, options) => {
        const answer = await handle(request, options);
        if (lost) return answer;
        lost = true;
        throw Object.assign(new Error('the response is lost'), { name: 'TimeoutError' });
      };
      await open(target.url, client).wake('conversation-1', 0);
      expect(lost).toBe(true);
      expect(await total()).toBe(1);
    });

    it('that are malformed are retried a few times, then moved to the dead-letter queue', {
      timeout: 90_000,
    }, async () => {
      const dead = await sqs.queue();
      const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 2 });
      target = await sqs.queue({ RedrivePolicy });
      const tables = await dynamoDb.tables();
      const worker = awsWorker({ clock: wallClock, dynamoDb, tables, sqs, queueUrl: target.url });
      await target.send('malformed');
      const settings = { concurrency: 10, waitSeconds: 1, graceMs: 0 };
      const polling = startPolling({ ...worker, ...settings, clock: wallClock, jitter: () => 0 });
      try {
        await expect.poll(() => dead.receive(1), { timeout: 60_000 }).toEqual(['malformed']);
      } finally {
        await polling.close();
      }
      expect(worker.failures).toMatchObject(Array(2).fill({ code: 'malformed-wake-up' }));
      expect(await target.counts()).toEqual({ ready: 0, delayed: 0 });
    });

    it('are ready when queue and lock table exist, and name what is missing otherwise', async () => {
      await queue.ready();
      await expect(open(target.url.replace(/[^/]+$/, 'no-such-queue')).ready()).rejects.toThrow(
        /^SQS queue no-such-queue in us-west-2: not found/,
      );
      await expect(open(target.url, dynamoDb.client(), 'no-such-table').ready()).rejects.toThrow(
        /^DynamoDB table no-such-table in us-west-2: not found/,
      );
    });
  });
}

/** The message groups of what a client sends. `without groups`: it refuses them, as SQS did until July 2025. */
function overheard(wire: SQSClient, way?: 'without groups') {
  const groups: (string | undefined)[] = [];
  wire.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName === 'SendMessageCommand') {
          const { MessageGroupId } = args.input as SendMessageCommandInput;
          groups.push(MessageGroupId);
          if (way === 'without groups' && MessageGroupId !== undefined) {
            throw new SQSServiceException({
              ...{ name: 'InvalidParameterValue', $fault: 'client', $metadata: { httpStatusCode: 400 } },
              message: 'The request includes parameter MessageGroupId that is not valid for this queue type',
            });
          }
        }
        return next(args);
      },
    { step: 'initialize' },
  );
  return { wire, groups };
}
