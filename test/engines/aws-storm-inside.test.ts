import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Message } from '#app/domain/message.ts';
import type { Progress } from '#app/domain/progress.ts';
import { startPolling } from '#app/worker/poll.ts';
import { type AwsWorker, awsWorker, RULES } from '../fakes/aws-worker.ts';
import { type ScriptedChannel, scriptedChannel } from '../fakes/channel.ts';
import { startDynamoDb } from '../fakes/dynamodb.ts';
import { message, status } from '../fakes/messages.ts';
import { startSqs } from '../fakes/sqs.ts';
import { wallClock as clock } from '../fakes/wall-clock.ts';

const { AWS_ENDPOINT_URL } = process.env;
const dynamoDb = await startDynamoDb(process.env.AWS_ENDPOINT_URL_DYNAMODB ?? AWS_ENDPOINT_URL);
const sqs = await startSqs(process.env.AWS_ENDPOINT_URL_SQS ?? AWS_ENDPOINT_URL);

const CONVERSATIONS = 40;
const MESSAGES_EACH = 3;
const DELIVERED_TIMES = 3;
const LIFETIME_MS = 1_500;
const LEASE_MS = 600;
/** Share of the accepted sends that are reported as failed. */
const FAILED_SHARE = 0.15;
const rules = { ...RULES, leaseMs: LEASE_MS, reconcileMs: 4_000, maxAttempts: 50 };

const seed = Number(process.env.STORM_SEED ?? Date.now() % 1_000_000);
const chance = generator(seed);

/**
 * Web services and workers that share tables and a queue are killed at any point and replaced. Deliveries are repeated and
 * shuffled, wake-ups lost and duplicated, calls throttled, lost or delayed past the lease, and accepted sends reported as
 * failed.
 */
it(`faults of DynamoDB and SQS lose, duplicate and reorder nothing (STORM_SEED=${seed})`, async () => {
  const tables = await dynamoDb.tables();
  const queue = await sqs.queue();
  const platform = scriptedChannel();
  /** Accepted, then reported as failed. */
  const failed = new Set<string>();
  const processes = new Set<Process>();
  const killed: Promise<void>[] = [];
  let kills = 0;

  function start(): Process {
    const process = startProcess(() =>
      awsWorker({ clock, dynamoDb, tables, sqs, queueUrl: queue.url, rules, channel: reporting(platform) }),
    );
    processes.add(process);
    return process;
  }

  /** Reports the statuses of each part to any web service, and repeats each until one has stored it. */
  function reporting(channel: ScriptedChannel): ScriptedChannel {
    return {
      ...channel,
      async send(...args) {
        await sleep(5 + chance() * 20);
        const platformId = await channel.send(...args);
        if (chance() < FAILED_SHARE) failed.add(platformId);
        void report(args[2].key, platformId);
        return platformId;
      },
    };
  }

  async function report(key: string, platformId: string): Promise<void> {
    const statuses: Progress[] = failed.has(platformId)
      ? ['sent', 'failed', 'sent', 'failed']
      : ['sent', 'delivered', 'sent'];
    for (const progress of statuses) {
      await sleep(chance() * 40);
      const report = status(key, progress, { platformId, code: '131000' });
      await untilAccepted(({ store }) => store.recordStatuses([report]));
    }
  }

  async function untilAccepted(act: (parts: AwsWorker) => Promise<unknown>): Promise<void> {
    for (;;) {
      const running = [...processes];
      const process = running[Math.floor(chance() * running.length)];
      try {
        if (process !== undefined) return void (await act(process.parts));
      } catch {
        // 503: the platform delivers again.
      }
      await sleep(20 + chance() * 100);
    }
  }

  async function deliver(one: Message): Promise<void> {
    await untilAccepted(async ({ store, deliver: through }) => {
      if (chance() >= 0.1) await through([one]);
      else await store.accept([one]);
      if (chance() < 0.5) return;
      const [known] = await store.accept([one]);
      const body = JSON.stringify({ conversation: known?.conversation });
      await Promise.all([queue.send(body), queue.send(body), queue.send(body)]);
    });
  }

  for (let count = 0; count < 3; count += 1) start();
  const killing = new AbortController();
  const killLoop = (async () => {
    while (!killing.signal.aborted) {
      await sleep(LIFETIME_MS * (0.5 + chance()), undefined, { signal: killing.signal }).catch(() => {});
      const [oldest] = processes;
      if (oldest === undefined || killing.signal.aborted) continue;
      processes.delete(oldest);
      killed.push(oldest.kill());
      kills += 1;
      start();
    }
  })();

  const sent = Array.from({ length: CONVERSATIONS }, (_, person) =>
    Array.from({ length: MESSAGES_EACH }, (_, index) => ({
      word: `w${person}x${index}`,
      at: index * 700 + chance() * 400,
    })),
  );
  await Promise.all(
    sent.map(async (words, person) => {
      const startedAt = clock.now();
      for (const { word, at } of words) {
        await sleep(Math.max(0, startedAt + at - clock.now()));
        const one = message(word, { sentAt: clock.now(), person: { phone: `1555${1_000_000 + person}` } });
        const [first, ...again] = Array.from({ length: DELIVERED_TIMES }, () => deliver(one));
        await first;
        void Promise.all(again);
      }
    }),
  );
  const arrived = () => wordsIn(platform.sent.filter(({ platformId }) => !failed.has(platformId)));
  const missing = () => sent.flat().filter(({ word }) => !arrived().includes(word)).length;
  for (let waited = 0; missing() > 0 && waited < 180_000; waited += 200) await sleep(200);
  // A duplicate may arrive late.
  await sleep(rules.reconcileMs + 2 * LEASE_MS);
  killing.abort();
  await killLoop;
  await Promise.all([...processes].map((process) => process.kill()));
  await Promise.all(killed);

  const received = arrived();
  // A failed send is repeated later, so the order is that of the first sends.
  const attempted = wordsIn(platform.sent);
  const words = sent.flat().map(({ word }) => word);
  const lost = words.filter((word) => !received.includes(word));
  const duplicated = words.filter((word) => received.indexOf(word) !== received.lastIndexOf(word));
  const reordered = sent.filter((own) => {
    const positions = own.map(({ word }) => attempted.indexOf(word));
    return positions.some((position, index) => index > 0 && position < (positions[index - 1] ?? 0));
  });
  console.log(
    `sent ${words.length}, kills ${kills}, failed ${failed.size}, lost ${lost.length}, duplicated ${duplicated.length}, reordered ${reordered.length}`,
  );
  expect({ lost, duplicated, reordered }).toEqual({ lost: [], duplicated: [], reordered: [] });
  expect(kills).toBeGreaterThan(2);
  expect(failed.size).toBeGreaterThan(0);
});

interface Process {
  readonly parts: AwsWorker;
  /** Crashes the process: its later calls fail. */
  kill(): Promise<void>;
}

function startProcess(make: () => AwsWorker): Process {
  const parts = make();
  let hasCrashed = false;
  const { send } = parts.channel;
  Object.assign(parts.channel, {
    send: (...args: Parameters<typeof send>) => (hasCrashed ? new Promise(() => {}) : send(...args)),
  });
  parts.assistant.answer = async ({ text }) => {
    await sleep(5 + chance() * 50);
    return { text: `About ${text.replaceAll('\n', ' ')} ` };
  };
  for (const wire of [parts.client.config.requestHandler, parts.wire.config.requestHandler]) {
    const handle = wire.handle.bind(wire);
    wire.handle = async (...args: Parameters<typeof handle>) => {
      if (hasCrashed) throw new Error('this process has crashed');
      const fault = chance();
      if (fault < 0.01) throw Object.assign(new Error('slow down'), { name: 'ThrottlingException' });
      if (fault < 0.015) await sleep(2 * LEASE_MS);
      const response = await handle(...args);
      if (hasCrashed) throw new Error('this process has crashed');
      if (fault > 0.99) throw Object.assign(new Error('no response'), { name: 'TimeoutError' });
      return response;
    };
  }
  const polling = startPolling({
    ...{ ...parts, clock, jitter: chance, concurrency: 20, waitSeconds: 1, graceMs: 0 },
  });
  let isRunning = true;
  const sweeping = (async () => {
    while (isRunning) {
      await parts.tidy().catch(() => {});
      await sleep(300);
    }
  })();
  return {
    parts,
    async kill() {
      hasCrashed = true;
      isRunning = false;
      await Promise.all([polling.close(), sweeping]);
    },
  };
}

/** Returns the test words that the platform accepted, in the order of acceptance. */
function wordsIn(taken: ScriptedChannel['sent']): string[] {
  return taken.flatMap(({ part }) => part.text.match(/w\d+x\d+/g) ?? []);
}

/** Seeded random numbers (mulberry32). */
function generator(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
