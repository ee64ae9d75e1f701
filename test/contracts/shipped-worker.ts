import { beforeAll, describe, expect, it, vi } from 'vitest';
import { echoReplies } from '#app/backend/sample-replies.ts';
import { respond, startContainerWorld, type Told } from '../fakes/container-world.ts';
import type { DynamoDb } from '../fakes/dynamodb.ts';
import { AISHA, BILAL, message } from '../fakes/messages.ts';
import { type ShippedWorker, shippedWorker } from '../fakes/shipped-worker.ts';
import type { Sqs } from '../fakes/sqs.ts';
import { wallClock as clock } from '../fakes/wall-clock.ts';

const echo = echoReplies({ clock, wordMs: 0 });
const now = (text: string, person = AISHA) => message(text, { sentAt: clock.now(), person });

/** What the worker promises that `pulumi up` ships, over the wire protocols of SQS and DynamoDB. */
export function shippedWorkerContract(name: string, sqs: Sqs, dynamoDb: DynamoDb): void {
  describe(`the shipped worker, in a container of Lambda, with ${name}`, { timeout: 120_000 }, () => {
    let shipped: ShippedWorker;
    beforeAll(async () => {
      shipped = await shippedWorker(['META_API_URL', 'BACKEND_SERVER_URL']);
    });
    const world = (told: Told = {}) => startContainerWorld({ shipped, sqs, dynamoDb }, told);

    it('starts, answers a batch, and lets only what is no wake-up come again', async () => {
      const { queue, web, container, said, batch } = await world();
      const started = await container.started;
      expect(started).toEqual({ coldStartMs: expect.any(Number) });
      if ('coldStartMs' in started)
        process.stdout.write(`cold start of the worker: ${Math.round(started.coldStartMs)} ms\n`);
      await web.deliver([now('one'), now('two', BILAL)]);
      await queue.send('rubbish');
      expect((await batch()).failed).toEqual(['rubbish']);
      expect(said()).toHaveLength(2);
      expect(container.output()).toContain('the body is not a wake-up');
      expect(await web.store.backlog()).toEqual({ waiting: 0, deadLetters: 0 });
    });

    it('goes on after it was frozen, with every connection gone meanwhile', async () => {
      const { web, said, batch, hangUp } = await world();
      await web.deliver([now('one')]);
      await batch();
      hangUp();
      await web.deliver([now('two')]);
      expect((await batch()).failed).toEqual([]);
      expect(said()).toEqual([expect.stringContaining('one'), expect.stringContaining('two')]);
    });

    it('gives back what is not done when its time is nearly over, and the next invocation says it once', async () => {
      let isFirst = true;
      const { web, said, batch, container } = await world({
        replies: (...question) => (isFirst ? neverEnding(question[2]) : echo(...question)),
      });
      await web.deliver([now('one')]);
      // It leaves itself 30 seconds to end; what is over its time is killed, and answers nothing.
      expect((await batch(32_000)).failed).toEqual([]);
      isFirst = false;
      expect(container.output()).toContain('"outcome":"again"');
      expect(said()).toEqual([]);
      // The answer that was hung up on may still be coming for half a minute; then the question is put once more.
      const saidOnce = async () => {
        await batch();
        expect(said()).toEqual([expect.stringContaining('one')]);
      };
      await vi.waitFor(saidOnce, { timeout: 90_000, interval: 1_000 });
      expect((await batch()).bodies).toEqual([]);
    });

    it('finds lost work when the schedule calls', async () => {
      const { aMinuteAgo, said, batch, container } = await world();
      await aMinuteAgo.store.accept([now('one')]);
      expect(await respond(container, SCHEDULED)).toBeNull();
      await batch();
      expect(said()).toEqual([expect.stringContaining('one')]);
    });

    it('says what it does not know, and goes on', async () => {
      const { web, said, batch, container } = await world();
      expect(await container.invoke({ Records: [{ eventSource: 'aws:s3' }] })).toMatchObject({
        error: {
          errorType: 'Refused',
          errorMessage:
            'The event is neither a batch of wake-ups from SQS nor a scheduled event from EventBridge',
        },
      });
      await web.deliver([now('one')]);
      await batch();
      expect(said()).toHaveLength(1);
    });

    it('names everything that is wrong with its configuration, and does not start', async () => {
      const { container } = await world({ parameters: { 'logging-level': 'loud', 'meta-app-secret': '' } });
      const started = await container.started;
      expect(started).toMatchObject({
        error: {
          errorMessage: expect.stringMatching(/LOGGING_LEVEL must be one of .*\n?.*META_APP_SECRET/s),
        },
      });
    });
  });
}

/** What a rule with a schedule sends ("Amazon EventBridge event structure"). */
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
