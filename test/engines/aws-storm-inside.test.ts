import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Message, Progress } from '../../app/domain/message.ts';
import { startPolling } from '../../app/worker/poll.ts';
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
const LIFE_MS = 1_500;
const LEASE_MS = 600;
/** How many of the sends are reported as failed once they were taken. */
const FAILING = 0.15;
const rules = { ...RULES, leaseMs: LEASE_MS, reconcileMs: 4_000, maxAttempts: 50 };

const seed = Number(process.env.STORM_SEED ?? Date.now() % 1_000_000);
const chance = generator(seed);

/**
 * Doors and workers that share tables and a queue, killed in the middle of anything and replaced; deliveries repeated
 * and shuffled; wake-ups lost and doubled; calls throttled, answered by nobody, or stalled past the lease; sends that are
 * taken and reported as failed.
 */
it(`a storm over DynamoDB and SQS loses, doubles and reorders nothing (STORM_SEED=${seed})`, async () => {
  const tables = await dynamoDb.tables();
  const queue = await sqs.queue();
  const platform = scriptedChannel();
  /** Taken, and reported as failed. */
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

  /** The platform tells whichever door hears it how far a part has come, and tells it again until one does. */
  function reporting(channel: ScriptedChannel): ScriptedChannel {
    return {
      ...channel,
      async send(...args) {
        await sleep(5 + chance() * 20);
        const platformId = await channel.send(...args);
        if (chance() < FAILING) failed.add(platformId);
        void report(args[2].key, platformId);
        return platformId;
      },
    };
  }

  async function report(key: string, platformId: string): Promise<void> {
    const words: Progress[] = failed.has(platformId)
      ? ['sent', 'failed', 'sent', 'failed']
      : ['sent', 'delivered', 'sent'];
    for (const word of words) {
      await sleep(chance() * 40);
      const told = status(key, word, { platformId, code: '131000' });
      await untilTaken(({ store }) => store.recordStatuses([told]));
    }
  }

  async function untilTaken(act: (door: AwsWorker) => Promise<unknown>): Promise<void> {
    for (;;) {
      const doors = [...processes];
      const door = doors[Math.floor(chance() * doors.length)];
      try {
        if (door !== undefined) return void (await act(door.parts));
      } catch {
        // 503: the platform comes again.
      }
      await sleep(20 + chance() * 100);
    }
  }

  async function deliver(one: Message): Promise<void> {
    await untilTaken(async ({ store, deliver: through }) => {
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
  const killer = (async () => {
    while (!killing.signal.aborted) {
      await sleep(LIFE_MS * (0.5 + chance()), undefined, { signal: killing.signal }).catch(() => {});
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
  const arrived = () => said(platform.taken.filter(({ platformId }) => !failed.has(platformId)));
  const missing = () => sent.flat().filter(({ word }) => !arrived().includes(word)).length;
  for (let waited = 0; missing() > 0 && waited < 180_000; waited += 200) await sleep(200);
  // What is wrong may come late.
  await sleep(rules.reconcileMs + 2 * LEASE_MS);
  killing.abort();
  await killer;
  await Promise.all([...processes].map((process) => process.kill()));
  await Promise.all(killed);

  const heard = arrived();
  // What failed comes again when it can: the order is that of the first sends.
  const tried = said(platform.taken);
  const words = sent.flat().map(({ word }) => word);
  const lost = words.filter((word) => !heard.includes(word));
  const doubled = words.filter((word) => heard.indexOf(word) !== heard.lastIndexOf(word));
  const reordered = sent.filter((own) => {
    const places = own.map(({ word }) => tried.indexOf(word));
    return places.some((place, index) => index > 0 && place < (places[index - 1] ?? 0));
  });
  console.log(
    `sent ${words.length}, kills ${kills}, failed ${failed.size}, lost ${lost.length}, duplicated ${doubled.length}, reordered ${reordered.length}`,
  );
  expect({ lost, doubled, reordered }).toEqual({ lost: [], doubled: [], reordered: [] });
  expect(kills).toBeGreaterThan(2);
  expect(failed.size).toBeGreaterThan(0);
});

interface Process {
  readonly parts: AwsWorker;
  /** From one moment to the next none of its calls gets through any more. */
  kill(): Promise<void>;
}

function startProcess(make: () => AwsWorker): Process {
  const parts = make();
  let dead = false;
  const { send } = parts.channel;
  Object.assign(parts.channel, {
    send: (...args: Parameters<typeof send>) => (dead ? new Promise(() => {}) : send(...args)),
  });
  parts.assistant.answer = async ({ text }) => {
    await sleep(5 + chance() * 50);
    return `About ${text.replaceAll('\n', ' ')} `;
  };
  for (const wire of [parts.client.config.requestHandler, parts.wire.config.requestHandler]) {
    const handle = wire.handle.bind(wire);
    wire.handle = async (...args: Parameters<typeof handle>) => {
      if (dead) throw new Error('this process is dead');
      const fate = chance();
      if (fate < 0.01) throw Object.assign(new Error('slow down'), { name: 'ThrottlingException' });
      if (fate < 0.015) await sleep(2 * LEASE_MS);
      const answer = await handle(...args);
      if (dead) throw new Error('this process is dead');
      if (fate > 0.99) throw Object.assign(new Error('no answer'), { name: 'TimeoutError' });
      return answer;
    };
  }
  const polling = startPolling({
    ...{ ...parts, clock, jitter: chance, concurrency: 20, waitSeconds: 1, graceMs: 0 },
  });
  let living = true;
  const sweeping = (async () => {
    while (living) {
      await parts.tidy().catch(() => {});
      await sleep(300);
    }
  })();
  return {
    parts,
    async kill() {
      dead = true;
      living = false;
      await Promise.all([polling.close(), sweeping]);
    },
  };
}

/** Every word of ours that the platform took, in the order in which it took them. */
function said(taken: ScriptedChannel['taken']): string[] {
  return taken.flatMap(({ part }) => part.text.match(/w\d+x\d+/g) ?? []);
}

/** Mulberry32: chances that can be had again. */
function generator(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
