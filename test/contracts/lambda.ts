import { setImmediate } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { SEND_TIMEOUTS } from '#app/channels/meta/send.ts';
import { Refused } from '#app/domain/errors.ts';
import { createLambda } from '#app/worker/lambda.ts';
import { type AwsWorker, awsWorker } from '../fakes/aws-worker.ts';
import { type SettableClock, settableClock } from '../fakes/clock.ts';
import type { DynamoDb } from '../fakes/dynamodb.ts';
import { BILAL, message } from '../fakes/messages.ts';
import type { Sqs, TestQueue } from '../fakes/sqs.ts';

/** What the Lambda handler promises, over the wire protocols of SQS and DynamoDB. */
export function lambdaContract(name: string, sqs: Sqs, dynamoDb: DynamoDb): void {
  const MINUTE = 60_000;

  let clock: SettableClock;
  let target: TestQueue;
  let worker: AwsWorker;
  let handler: ReturnType<typeof createLambda>;
  beforeEach(async () => {
    clock = settableClock();
    target = await sqs.queue();
    const tables = await dynamoDb.tables();
    worker = awsWorker({ clock, dynamoDb, tables, sqs, queueUrl: target.url });
    handler = createLambda({
      ...worker,
      changeVisibility: worker.receiving.changeVisibility,
      clock,
      jitter: () => 0,
    });
  });

  const context = (remainingMs = 10 * MINUTE) => ({ getRemainingTimeInMillis: () => remainingMs });
  const now = (text: string, rest: Parameters<typeof message>[1] = {}) =>
    message(text, { sentAt: clock.now(), ...rest });
  const said = () => worker.channel.taken.map(({ part }) => part.text);

  /** What Lambda's event source hands over ("Using Lambda with Amazon SQS"). */
  function records(...bodies: readonly string[]) {
    return {
      Records: bodies.map((body, index) => ({
        eventSource: 'aws:sqs',
        messageId: `m${index}`,
        receiptHandle: `receipt-${index}`,
        body,
        attributes: { ApproximateReceiveCount: '1', SentTimestamp: '0' },
        messageAttributes: {},
        awsRegion: 'us-west-2',
      })),
    };
  }

  async function waiting(): Promise<number> {
    const { ready, delayed } = await target.counts();
    return ready + delayed;
  }

  describe(`the Lambda function, with ${name}`, () => {
    it('answers the conversations of a batch, and says that nothing must come again', async () => {
      await worker.deliver([now('one'), now('two', { person: BILAL })]);
      clock.advance(1_000);
      const bodies = await target.take(2);
      expect(await handler(records(...bodies), context())).toEqual({ batchItemFailures: [] });
      expect(worker.channel.taken).toHaveLength(2);
      expect(await waiting()).toBe(0);
    });

    it('answers once however often a wake-up comes, also twice at once', async () => {
      await worker.deliver([now('one')]);
      const [body = ''] = await target.take(1);
      await handler(records(body, body, body), context());
      await handler(records(body), context());
      expect(said()).toEqual(['An answer.']);
    });

    it('names only the wake-ups that failed, and lets them come again soon', async () => {
      await worker.deliver([now('one')]);
      const [body = ''] = await target.take(1);
      const answer = await handler(records('{"converse":1}', body, 'rubbish'), context());
      expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'm0' }, { itemIdentifier: 'm2' }] });
      expect(said()).toEqual(['An answer.']);
      // The receipts of this test are made up, so hiding fails too, and is told.
      expect(worker.failures.filter((error) => error instanceof Refused)).toHaveLength(2);
      expect(worker.failures).toHaveLength(4);
    });

    it('fails a wake-up when the next one cannot be arranged', async () => {
      await worker.deliver([now('one')]);
      const [body = ''] = await target.take(1);
      worker.wire.config.requestHandler.handle = async () => {
        throw Object.assign(new Error('unreachable'), { code: 'ECONNREFUSED' });
      };
      worker.assistant.next.push(() => {
        throw new Error('not now');
      });
      expect(await handler(records(body), context())).toEqual({
        batchItemFailures: [{ itemIdentifier: 'm0' }],
      });
    });

    it('looks again when a turn rests, and when it is held by somebody else', async () => {
      await worker.deliver([now('one')]);
      const [body = ''] = await target.take(1);
      worker.assistant.next.push(() => {
        throw new Error('not now');
      });
      await handler(records(body), context());
      expect(worker.reports.at(-1)).toMatchObject({ outcome: 'again' });
      expect(await waiting()).toBe(1);
      await handler(records(body), context());
      expect(worker.reports.at(-1)).toMatchObject({ outcome: 'later' });
      clock.advance(MINUTE);
      await handler(records(body), context());
      expect(said()).toEqual(['An answer.']);
    });

    it('lets a message that comes during the turn wake for itself', async () => {
      await worker.deliver([now('one')]);
      const [body = ''] = await target.take(1);
      worker.assistant.next.push(async () => {
        await worker.deliver([now('two')]);
        return 'First.';
      });
      await handler(records(body), context());
      const [next = ''] = await target.take(1);
      clock.advance(1_000);
      await handler(records(next), context());
      expect(said()).toEqual(['First.', 'An answer.']);
    });

    it('stops before the invocation ends, counts the attempt and arranges another look', async () => {
      await worker.deliver([now('one')]);
      const [body = ''] = await target.take(1);
      worker.assistant.next.push(
        (_question, signal) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason));
            clock.advance(9 * MINUTE + 45_000);
          }),
      );
      expect(await handler(records(body), context(10 * MINUTE))).toEqual({ batchItemFailures: [] });
      expect(worker.reports).toMatchObject([{ outcome: 'again', attempt: 1 }]);
      const [again = ''] = await target.take(1);
      clock.advance(MINUTE);
      await handler(records(again), context());
      expect(worker.reports.at(-1)).toMatchObject({ outcome: 'answered', attempt: 2 });
    });

    it('leaves a send that has begun the time to end before the invocation does', async () => {
      const deadline = clock.now() + 10 * MINUTE;
      let stoppedAt = deadline;
      await worker.deliver([now('one')]);
      const [body = ''] = await target.take(1);
      worker.assistant.next.push(async (_question, signal) => {
        while (!signal.aborted && clock.now() < deadline) {
          clock.advance(1_000);
          await setImmediate();
        }
        stoppedAt = clock.now();
        throw signal.reason;
      });
      await handler(records(body), context(10 * MINUTE));
      expect(deadline - stoppedAt).toBeGreaterThan(SEND_TIMEOUTS.totalMs);
    });

    it('finds work whose wake-up was lost, when the schedule calls', async () => {
      const event = { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} };
      await worker.store.accept([now('one')]);
      clock.advance(MINUTE);
      expect(await handler(event, context())).toBeUndefined();
      const [body = ''] = await target.take(1);
      await handler(records(body), context());
      expect(said()).toEqual(['An answer.']);
    });

    it('refuses what is neither', async () => {
      await expect(handler({ hello: 'world' }, context())).rejects.toThrow();
      await expect(handler(undefined, context())).rejects.toThrow();
    });
  });
}
