import { EventEmitter, once } from 'node:events';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { startPolling } from '#app/worker/poll.ts';
import { type AwsWorker, awsWorker, RULES } from '../fakes/aws-worker.ts';
import { type ScriptedChannel, scriptedChannel } from '../fakes/channel.ts';
import type { DynamoDb } from '../fakes/dynamodb.ts';
import { AISHA, BILAL, message } from '../fakes/messages.ts';
import type { Sqs, TestQueue } from '../fakes/sqs.ts';
import { wallClock as clock } from '../fakes/wall-clock.ts';

/** The contract of the polling worker, over the protocols of SQS and DynamoDB. */
export function pollingContract(name: string, sqs: Sqs, dynamoDb: DynamoDb): void {
  let target: TestQueue;
  let worker: AwsWorker;
  let channel: ScriptedChannel;
  let sends: EventEmitter<{ part: [string] }>;
  beforeEach(async () => {
    target = await sqs.queue();
    sends = new EventEmitter();
    const scripted = scriptedChannel();
    channel = {
      ...scripted,
      async send(...args) {
        const platformId = await scripted.send(...args);
        sends.emit('part', args[2].text);
        return platformId;
      },
    };
    const tables = await dynamoDb.tables();
    worker = awsWorker({ clock, dynamoDb, tables, sqs, queueUrl: target.url, rules: RULES, channel });
  });

  function poll(graceMs = 0) {
    const polling = startPolling({
      ...worker,
      clock,
      jitter: () => 0,
      concurrency: 10,
      waitSeconds: 1,
      graceMs,
    });
    onTestFinished(() => polling.close());
    return polling;
  }

  const sentNow = (text: string, person = AISHA) => message(text, { sentAt: clock.now(), person });

  describe(`the polling worker, with ${name}`, () => {
    it('answers what the web service has stored, and leaves no wake-up in the queue', async () => {
      const polling = poll();
      const sent = once(sends, 'part');
      await worker.deliver([sentNow('one')]);
      await sent;
      await polling.close();
      expect(channel.sent).toHaveLength(1);
      expect(worker.failures).toEqual([]);
      expect(await target.counts()).toEqual({ ready: 0, delayed: 0 });
    });

    it('answers one person during the slow turn of another', async () => {
      let start = () => {};
      const slow = new Promise<void>((resolve) => {
        start = resolve;
      });
      let answer = (_text: string) => {};
      worker.assistant.next.push(() => {
        start();
        return new Promise((resolve) => {
          answer = resolve;
        });
      });
      poll(1_000);
      await worker.deliver([sentNow('a long story')]);
      await slow;
      const sent = once(sends, 'part');
      await worker.deliver([sentNow('quick', BILAL)]);
      expect(await sent).toEqual(['An answer.']);
      expect(channel.sent[0]?.to).toEqual(BILAL);
      const last = once(sends, 'part');
      answer('At last.');
      expect(await last).toEqual(['At last.']);
    });

    it('releases its turn at shutdown, and another worker answers it', async () => {
      const asked = new Promise<void>((resolve) => {
        worker.assistant.next.push((_question, signal) => {
          resolve();
          return new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason));
          });
        });
      });
      const stopping = poll();
      await worker.deliver([sentNow('one')]);
      await asked;
      await stopping.close();
      expect(worker.reports).toMatchObject([{ outcome: 'stopped' }]);
      const sent = once(sends, 'part');
      poll();
      expect(await sent).toEqual(['An answer.']);
    });

    it('leaves a malformed wake-up to the dead-letter queue', async () => {
      const dead = await sqs.queue();
      const redrive = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 1 });
      target = await sqs.queue({ RedrivePolicy: redrive });
      const tables = await dynamoDb.tables();
      worker = awsWorker({ clock, dynamoDb, tables, sqs, queueUrl: target.url });
      await target.send('malformed');
      poll();
      expect(await dead.take(1)).toEqual(['malformed']);
      expect(worker.failures).toMatchObject([{ code: 'malformed-wake-up' }]);
    });
  });
}
