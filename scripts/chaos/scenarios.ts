import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../simulator/random.ts';
import type { AppProcess } from './app-process.ts';
import type { Counts, Scenario } from './run.ts';
import { singleProcess } from './single-process.ts';

export interface ScenarioDefinition {
  readonly name: string;
  /** Default number of conversations. */
  readonly conversations: number;
  readonly create: (conversations: number) => Scenario;
}

const CONVERSATIONS = 1_000;

/** One scenario for each kind of fault. */
export const SCENARIOS: Readonly<Record<string, ScenarioDefinition>> = {
  kill: {
    name: 'kill -9 every half second',
    conversations: CONVERSATIONS,
    create: (conversations) => ({
      conversations,
      messagesEach: 3,
      spreadMs: 20_000,
      timeoutMs: 120_000,
      simulator: {
        faults: [
          { kind: 'duplicate', times: 2, chance: 0.1 },
          { kind: 'throttled', chance: 0.03 },
        ],
      },
      startProcesses: singleProcess(kill),
    }),
  },
  redelivery: {
    name: 'every delivery five times, shuffled',
    conversations: CONVERSATIONS,
    create: (conversations) => ({
      conversations,
      messagesEach: 3,
      spreadMs: 20_000,
      timeoutMs: 240_000,
      startProcesses: singleProcess(),
      simulator: {
        faults: [
          { kind: 'duplicate', times: 5 },
          { kind: 'shuffle', withinMs: 500 },
        ],
        // Meta batches under load; five copies of single updates would measure this machine's HTTP client.
        batch: { waitMs: 100, chance: 0.9, max: 100 },
      },
    }),
  },
  backend: {
    name: 'backend errors, timeouts and cut streams',
    conversations: CONVERSATIONS,
    create: (conversations) => ({
      conversations,
      messagesEach: 3,
      spreadMs: 12_000,
      timeoutMs: 240_000,
      startProcesses: singleProcess(),
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
    create: (conversations) => ({
      conversations,
      messagesEach: 3,
      spreadMs: 12_000,
      timeoutMs: 420_000,
      startProcesses: singleProcess(),
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
    create: (conversations) => ({
      conversations,
      messagesEach: 3,
      spreadMs: 20_000,
      timeoutMs: 90_000,
      startProcesses: singleProcess(redeploy),
    }),
  },
};

/** Kills the app about half a second after each start, so that it is down about as long as it runs. */
async function kill(app: AppProcess, signal: AbortSignal): Promise<Counts> {
  const random = seededRandom(3);
  let kills = 0;
  while (!signal.aborted) {
    await sleep(300 + 400 * random());
    await app.kill();
    kills += 1;
    await app.start();
  }
  return { kills };
}

async function redeploy(app: AppProcess): Promise<Counts> {
  let maxShutdownMs = 0;
  let badExits = 0;
  let deployments = 0;
  while (deployments < 5) {
    await sleep(3_000);
    const { code, ms } = await app.terminate();
    deployments += 1;
    badExits += code === 0 ? 0 : 1;
    maxShutdownMs = Math.max(maxShutdownMs, ms);
    await app.start();
  }
  return { deployments, badExits, maxShutdownMs };
}
