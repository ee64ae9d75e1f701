import { beforeAll, describe, expect, it, vi } from 'vitest';
import { echoReplies } from '#app/backend/sample-replies.ts';
import type { DynamoDb } from '../fakes/dynamodb.ts';
import { AISHA, BILAL, message } from '../fakes/messages.ts';
import { type ShippedWorker, shippedWorker } from '../fakes/shipped-worker.ts';
import type { Sqs } from '../fakes/sqs.ts';
import { wallClock as clock } from '../fakes/wall-clock.ts';
import { type ContainerOptions, invokeForResponse, startWorkerContainer } from '../fakes/worker-container.ts';

const echo = echoReplies({ clock, wordMs: 0 });
const sentNow = (text: string, person = AISHA) => message(text, { sentAt: clock.now(), person });

/** The contract of the worker that `pulumi up` ships, over the protocols of SQS and DynamoDB. */
export function shippedWorkerContract(name: string, sqs: Sqs, dynamoDb: DynamoDb): void {
  describe(`the shipped worker, in a container of Lambda, with ${name}`, { timeout: 120_000 }, () => {
    let shipped: ShippedWorker;
    beforeAll(async () => {
      shipped = await shippedWorker(['META_API_URL', 'BACKEND_SERVER_URL']);
    });
    const start = (options: ContainerOptions = {}) =>
      startWorkerContainer({ shipped, sqs, dynamoDb }, options);

    it('starts, answers a batch, and returns only a malformed wake-up as failed', async () => {
      const { queue, web, container, sentTexts, batch } = await start();
      const started = await container.started;
      expect(started).toEqual({ coldStartMs: expect.any(Number) });
      if ('coldStartMs' in started)
        process.stdout.write(`cold start of the worker: ${Math.round(started.coldStartMs)} ms\n`);
      await web.deliver([sentNow('one'), sentNow('two', BILAL)]);
      await queue.send('malformed');
      expect((await batch()).failed).toEqual(['malformed']);
      expect(sentTexts()).toHaveLength(2);
      expect(container.output()).toContain('the body is not a wake-up');
      expect(await web.store.backlog()).toEqual({ waiting: 0, deadLetters: 0 });
    });

    it('continues after it was frozen and every connection was closed', async () => {
      const { web, sentTexts, batch, closeConnections } = await start();
      await web.deliver([sentNow('one')]);
      await batch();
      closeConnections();
      await web.deliver([sentNow('two')]);
      expect((await batch()).failed).toEqual([]);
      expect(sentTexts()).toEqual([expect.stringContaining('one'), expect.stringContaining('two')]);
    });

    it('releases its turn before the time-out, and a later invocation replies once', async () => {
      let isFirst = true;
      const { web, sentTexts, batch, container } = await start({
        replies: (...question) => (isFirst ? neverEnding(question[2]) : echo(...question)),
      });
      await web.deliver([sentNow('one')]);
      // It reserves 30 seconds to end. An invocation that exceeds its time-out is killed without a response.
      expect((await batch(32_000)).failed).toEqual([]);
      isFirst = false;
      expect(container.output()).toContain('"outcome":"again"');
      expect(sentTexts()).toEqual([]);
      // The model may still be writing for half a minute; then the question is asked again.
      const expectOneReply = async () => {
        await batch();
        expect(sentTexts()).toEqual([expect.stringContaining('one')]);
      };
      await vi.waitFor(expectOneReply, { timeout: 90_000, interval: 1_000 });
      expect((await batch()).bodies).toEqual([]);
    });

    it('finds work whose wake-up was lost when the schedule invokes it', async () => {
      const { workerAMinuteAgo, sentTexts, batch, container } = await start();
      await workerAMinuteAgo.store.accept([sentNow('one')]);
      expect(await invokeForResponse(container, SCHEDULED)).toBeNull();
      await batch();
      expect(sentTexts()).toEqual([expect.stringContaining('one')]);
    });

    it('reports an unknown event, and continues', async () => {
      const { web, sentTexts, batch, container } = await start();
      expect(await container.invoke({ Records: [{ eventSource: 'aws:s3' }] })).toMatchObject({
        error: {
          errorType: 'Refused',
          errorMessage:
            'The event is neither a batch of wake-ups from SQS nor a scheduled event from EventBridge',
        },
      });
      await web.deliver([sentNow('one')]);
      await batch();
      expect(sentTexts()).toHaveLength(1);
    });

    it('reports all problems of its configuration, and does not start', async () => {
      const { container } = await start({ parameters: { 'logging-level': 'loud', 'meta-app-secret': '' } });
      const started = await container.started;
      expect(started).toMatchObject({
        error: {
          errorMessage: expect.stringMatching(/LOGGING_LEVEL must be one of .*\n?.*META_APP_SECRET/s),
        },
      });
    });
  });
}

/** The event of a rule with a schedule ("Amazon EventBridge event structure"). */
const SCHEDULED = {
  version: '0',
  id: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa',
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account: '123456789012',
  time: '2026-01-01T00:00:00Z',
  region: 'us-west-2',
  resources: ['arn:aws:events:us-west-2:123456789012:rule/ansari-whatsapp-staging-sweep'],
  detail: {},
};

async function* neverEnding(signal: AbortSignal): AsyncGenerator<string> {
  yield 'About ';
  await clock.sleep(60_000, signal);
}
