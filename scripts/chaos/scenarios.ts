import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../simulator/random.ts';
import type { AppProcess } from './app-process.ts';
import { oneApp } from './one-app.ts';
import type { Weather } from './storm.ts';

export interface Scenario {
  readonly name: string;
  /** People, when nobody says how many. */
  readonly conversations: number;
  readonly weather: (conversations: number) => Weather;
}

const CONVERSATIONS = 1_000;

/** The faults that CONTRACT's chaos command names, each a storm of its own. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  kill: {
    name: 'kill -9 every half second',
    conversations: CONVERSATIONS,
    weather: (conversations) => ({
      conversations,
      messagesEach: 3,
      spreadMs: 20_000,
      patienceMs: 120_000,
      simulator: {
        faults: [
          { kind: 'duplicate', times: 2, chance: 0.1 },
          { kind: 'throttled', chance: 0.03 },
        ],
      },
      cast: oneApp(killed),
    }),
  },
  redelivery: {
    name: 'every delivery five times, shuffled',
    conversations: CONVERSATIONS,
    weather: (conversations) => ({
      conversations,
      messagesEach: 3,
      spreadMs: 20_000,
      patienceMs: 240_000,
      cast: oneApp(),
      simulator: {
        faults: [
          { kind: 'duplicate', times: 5 },
          { kind: 'shuffle', withinMs: 500 },
        ],
        // Meta batches under load; five copies of single updates would measure this machine's HTTP client.
        batch: { waitMs: 100, chance: 0.9, most: 100 },
      },
    }),
  },
  backend: {
    name: 'backend errors, timeouts and cut streams',
    conversations: CONVERSATIONS,
    weather: (conversations) => ({
      conversations,
      messagesEach: 3,
      spreadMs: 12_000,
      patienceMs: 240_000,
      cast: oneApp(),
      backend: {
        chance: 0.1,
        random: seededRandom(7),
        kinds: [
          { kind: 'status', status: 500 },
          { kind: 'status', status: 503, retryAfterSeconds: 1 },
          { kind: 'delay', ms: 3_000 },
          { kind: 'cut', afterBytes: 10 },
        ],
      },
    }),
  },
  graph: {
    name: 'Graph 429, 131056, 130429, 131000, 190, lost and slow answers',
    conversations: CONVERSATIONS,
    weather: (conversations) => ({
      conversations,
      messagesEach: 3,
      spreadMs: 12_000,
      patienceMs: 420_000,
      cast: oneApp(),
      simulator: {
        faults: [
          { kind: 'throttled', chance: 0.005, retryAfterSeconds: 1 },
          { kind: 'refuse', code: 131056, chance: 0.02 },
          { kind: 'refuse', code: 130429, chance: 0.002 },
          { kind: 'refuse', code: 131000, chance: 0.03 },
          { kind: 'refuse', code: 190, next: 1 },
          { kind: 'cut', chance: 0.01 },
          { kind: 'lost', chance: 0.03 },
          { kind: 'slow', ms: 2_000, chance: 0.01 },
        ],
      },
    }),
  },
  sigterm: {
    name: 'SIGTERM under load, five deployments',
    conversations: CONVERSATIONS,
    weather: (conversations) => ({
      conversations,
      messagesEach: 3,
      spreadMs: 20_000,
      patienceMs: 90_000,
      cast: oneApp(redeployed),
    }),
  },
};

/** Dead about as often as alive: half a second between a start and the next kill, more or less. */
async function killed(app: AppProcess, over: AbortSignal): Promise<Record<string, number>> {
  const random = seededRandom(3);
  let kills = 0;
  while (!over.aborted) {
    await sleep(300 + 400 * random());
    await app.kill();
    kills += 1;
    await app.start();
  }
  return { kills };
}

async function redeployed(app: AppProcess): Promise<Record<string, number>> {
  let slowestLeaveMs = 0;
  let badExits = 0;
  let deployments = 0;
  while (deployments < 5) {
    await sleep(3_000);
    const { code, ms } = await app.terminate();
    deployments += 1;
    badExits += code === 0 ? 0 : 1;
    slowestLeaveMs = Math.max(slowestLeaveMs, ms);
    await app.start();
  }
  return { deployments, badExits, slowestLeaveMs };
}
