import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Faults as BackendFaults } from '../../app/backend/faults.ts';
import type { Replies } from '../../app/backend/replies.ts';
import { echoReplies } from '../../app/backend/sample-replies.ts';
import { type Backend, startBackend } from '../../app/backend/start.ts';
import { systemClock as clock } from '../../app/clock.ts';
import { DEVELOPMENT } from '../simulator/development.ts';
import type { SimulatorOptions } from '../simulator/options.ts';
import { createSimulator, type Simulator } from '../simulator/simulator.ts';
import { freePort } from './own-process.ts';
import { type Crowd, say } from './saying.ts';
import { type AcceptedReply, marksIn, type Tally, tallyOf } from './tally.ts';

export interface Weather extends Crowd {
  readonly simulator?: Partial<SimulatorOptions>;
  readonly backend?: BackendFaults;
  /** How long the assistant thinks before it begins to answer. */
  readonly thinksMs?: number;
  /** Starts the programs that the weather strikes. */
  readonly cast: (place: Place) => Promise<Cast>;
}

/** What the programs of a storm are told. */
export interface Place {
  readonly folder: string;
  /** Where the simulator delivers to. */
  readonly port: number;
  /** The addresses of everybody else, and how to work for this storm. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Counts of what happened: kills, restarts, calls throttled... */
export type Trouble = Readonly<Record<string, number>>;

export interface Cast {
  /** What happens to the programs while people write. */
  trouble(over: AbortSignal): Promise<Trouble>;
  /** Ends the programs; answers what else came to them. */
  close(): Promise<Trouble>;
}

export interface Outcome extends Tally {
  readonly seconds: number;
  readonly trouble: Trouble;
  /** Where the logs are, kept when something went wrong. */
  readonly folder: string;
}

/** The app merges what a person sends within this time. */
const WINDOW_SECONDS = 1;

/**
 * A delivery that failed while the app was away comes again within the window. Later it could come after its successor
 * was answered, which nobody can order.
 */
const REDELIVERY = { firstMs: 100, factor: 1.2, longestMs: 400 };

/** Runs the whole system, our programs as processes of their own, and lets many people write through the weather. */
export async function runStorm(weather: Weather): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'ansari-whatsapp-chaos-'));
  const startedAt = performance.now();
  const { backend, simulator, cast } = await startAll(weather, folder);
  const over = new AbortController();
  const trouble = cast.trouble(over.signal);

  const replies: AcceptedReply[] = [];
  const saidAt = new Map<string, number>();
  let slowestMs = 0;
  simulator.replies.onEach((reply) => {
    replies.push(reply);
    for (const mark of marksIn(reply.text)) {
      slowestMs = Math.max(slowestMs, performance.now() - (saidAt.get(mark) ?? Number.POSITIVE_INFINITY));
      saidAt.delete(mark);
    }
  });

  const said = await say(simulator, weather, (mark) => saidAt.set(mark, performance.now()));
  over.abort();
  const counted = await trouble;
  const until = Date.now() + weather.patienceMs;
  while (saidAt.size > 0 && Date.now() < until) await sleep(200);
  // A duplicate comes after the answer; give it the time to show.
  await sleep(1_500);

  const tally = tallyOf(said, replies);
  const atEnd = await cast.close();
  await simulator.close();
  await backend.close();
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  const clean = tally.lost + tally.duplicated + tally.reordered === 0;
  if (clean) rmSync(folder, { recursive: true, force: true });
  const slowestSeconds = Math.round(slowestMs / 100) / 10;
  return { ...tally, seconds, trouble: { ...counted, ...atEnd, slowestSeconds }, folder };
}

async function startAll(
  weather: Weather,
  folder: string,
): Promise<{ backend: Backend; simulator: Simulator; cast: Cast }> {
  const port = await freePort();
  const backend = await startBackend({
    port: 0,
    apiKeys: [DEVELOPMENT.backendKey],
    databasePath: join(folder, 'backend.db'),
    replies: thoughtful(weather.thinksMs ?? 0),
    clock,
    newId: randomUUID,
    ...(weather.backend && { faults: weather.backend }),
  });
  const simulator = await createSimulator({
    webhookUrl: `http://127.0.0.1:${port}/whatsapp/v2`,
    throughput: false,
    sentAfterMs: 20,
    deliveredAfterMs: 100,
    redelivery: REDELIVERY,
    ...weather.simulator,
  });
  const environment = {
    BACKEND_SERVER_URL: backend.url,
    META_API_URL: simulator.url,
    BATCH_WINDOW_SECONDS: String(WINDOW_SECONDS),
    LOGGING_LEVEL: 'info',
  };
  return { backend, simulator, cast: await weather.cast({ folder, port, environment }) };
}

function thoughtful(thinksMs: number): Replies {
  const echoed = echoReplies({ clock, wordMs: 0 });
  return async function* thought(question, history, signal) {
    await clock.sleep(thinksMs, signal);
    yield* echoed(question, history, signal);
  };
}
