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

/** The contract of the Lambda handler, over the protocols of SQS and DynamoDB. */
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
  const sentNow = (text: string, rest: Parameters<typeof message>[1] = {}) =>
    message(text, { sentAt: clock.now(), ...rest });
  const sentTexts = () => worker.channel.sent.map(({ part }) => part.text);

  /** The event that Lambda's event source passes ("Using Lambda with Amazon SQS"). */
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
    it('answers the conversations of a batch, and returns no failures', async () => {
      await worker.deliver([sentNow('one'), sentNow('two', { person: BILAL })]);
      clock.advance(1_000);
      const bodies = await target.take(2);
      expect(await handler(records(...bodies), context())).toEqual({ batchItemFailures: [] });
      expect(worker.channel.sent).toHaveLength(2);
      expect(await waiting()).toBe(0);
    });

    it('tells the age of a wake-up when it comes for the first time', async () => {
      const ages: number[] = [];
      const observing = createLambda({
        ...worker,
        changeVisibility: worker.receiving.changeVisibility,
        started: (ms) => ages.push(ms),
        clock,
        jitter: () => 0,
      });
      const [record] = records('{}').Records;
      const received = (times: number, SentTimestamp?: string) => ({
        Records: [{ ...record, attributes: { ApproximateReceiveCount: String(times), SentTimestamp } }],
      });
      const sentAt = String(clock.now() - 1_500);
      await observing(received(1, sentAt), context());
      await observing(received(2, sentAt), context());
      await observing(received(1, 'soon'), context());
      await observing(received(1), context());
      await observing(received(1, String(clock.now() + 10)), context());
      expect(ages).toEqual([1_500, 0]);
    });

    it('answers once when a wake-up is delivered several times, also concurrently', async () => {
      await worker.deliver([sentNow('one')]);
      const [body = ''] = await target.take(1);
      await handler(records(body, body, body), context());
      await handler(records(body), context());
      expect(sentTexts()).toEqual(['An answer.']);
    });

    it('returns only the wake-ups that failed, so that they are retried soon', async () => {
      await worker.deliver([sentNow('one')]);
      const [body = ''] = await target.take(1);
      const answer = await handler(records('{"converse":1}', body, 'malformed'), context());
      expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'm0' }, { itemIdentifier: 'm2' }] });
      expect(sentTexts()).toEqual(['An answer.']);
      // The receipt handles of this test are invented, so changeVisibility fails too, and is reported.
      expect(worker.failures.filter((error) => error instanceof Refused)).toHaveLength(2);
      expect(worker.failures).toHaveLength(4);
    });

    it('fails a wake-up when the next one cannot be sent', async () => {
      await worker.deliver([sentNow('one')]);
      const [body = ''] = await target.take(1);
      worker.wire.config.requestHandler.handle = async () => {
        throw Object.assign(new Error('unreachable'), { code: 'ECONNREFUSED' });
      };
      worker.assistant.next.push(() => {
        throw new Error('not sentNow');
      });
      expect(await handler(records(body), context())).toEqual({
        batchItemFailures: [{ itemIdentifier: 'm0' }],
      });
    });

    it('retries a turn after its back-off, and when another worker holds the lease', async () => {
      await worker.deliver([sentNow('one')]);
      const [body = ''] = await target.take(1);
      worker.assistant.next.push(() => {
        throw new Error('not sentNow');
      });
      await handler(records(body), context());
      expect(worker.reports.at(-1)).toMatchObject({ outcome: 'again' });
      expect(await waiting()).toBe(1);
      await handler(records(body), context());
      expect(worker.reports.at(-1)).toMatchObject({ outcome: 'later' });
      clock.advance(MINUTE);
      await handler(records(body), context());
      expect(sentTexts()).toEqual(['An answer.']);
    });

    it('leaves a message that arrives during the turn to its own wake-up', async () => {
      await worker.deliver([sentNow('one')]);
      const [body = ''] = await target.take(1);
      worker.assistant.next.push(async () => {
        await worker.deliver([sentNow('two')]);
        return 'First.';
      });
      await handler(records(body), context());
      const [next = ''] = await target.take(1);
      clock.advance(1_000);
      await handler(records(next), context());
      expect(sentTexts()).toEqual(['First.', 'An answer.']);
    });

    it('stops before the invocation ends, counts the attempt and sends another wake-up', async () => {
      await worker.deliver([sentNow('one')]);
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

    it('leaves a started send enough time before the invocation ends', async () => {
      const deadline = clock.now() + 10 * MINUTE;
      let stoppedAt = deadline;
      await worker.deliver([sentNow('one')]);
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

    it('finds work whose wake-up was lost when the schedule invokes it', async () => {
      const event = { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} };
      await worker.store.accept([sentNow('one')]);
      clock.advance(MINUTE);
      expect(await handler(event, context())).toBeUndefined();
      const [body = ''] = await target.take(1);
      await handler(records(body), context());
      expect(sentTexts()).toEqual(['An answer.']);
    });

    it('throws for an event that is neither', async () => {
      await expect(handler({ hello: 'world' }, context())).rejects.toThrow();
      await expect(handler(undefined, context())).rejects.toThrow();
    });
  });
}
