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
import { onInterrupt } from '../interrupt.ts';
import { DEVELOPMENT } from '../simulator/development.ts';
import { environmentFor } from '../simulator/environment.ts';
import { type SimulatorOptions, WEBHOOK_PATHS } from '../simulator/options.ts';
import { createSimulator, type Simulator } from '../simulator/simulator.ts';
import { freePort } from './own-process.ts';
import { type AcceptedReply, marksIn, type Tally, tallyOf } from './tally.ts';
import { sendTraffic, type Traffic } from './traffic.ts';

export interface Scenario extends Traffic {
  readonly simulator?: Partial<SimulatorOptions>;
  readonly backend?: BackendFaults;
  /** Time before the assistant begins to answer. */
  readonly assistantDelayMs?: number;
  /** Starts the programs under test. */
  readonly startProcesses: (options: ProcessOptions) => Promise<Processes>;
}

/** How the programs under test are started. */
export interface ProcessOptions {
  readonly folder: string;
  /** The port that the simulator delivers to. */
  readonly port: number;
  /** The addresses of the other programs, and settings for the test. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Counts by name: kills, restarts, throttled calls... */
export type Counts = Readonly<Record<string, number>>;

export interface Processes {
  /** Disrupts the programs until `signal` is aborted. Resolves to what was done. */
  disrupt(signal: AbortSignal): Promise<Counts>;
  /** Stops the programs. Resolves to what else happened to them. */
  close(): Promise<Counts>;
}

export interface Outcome extends Tally {
  readonly seconds: number;
  readonly disruptions: Counts;
  /** The folder of the logs, kept when the run failed. */
  readonly folder: string;
}

/** The app merges what a person sends within this time. */
const WINDOW_SECONDS = 1;

/**
 * A delivery that failed while the app was down is repeated within the window. Later it could arrive after its successor
 * was answered, and no service could order the two.
 */
const REDELIVERY = { firstMs: 100, factor: 1.2, maxMs: 400 };

/** Runs the whole system, with our programs as separate processes, and sends the scenario's traffic through it. */
export async function runScenario(scenario: Scenario): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'ansari-whatsapp-chaos-'));
  const startedAt = performance.now();
  const takeBack = onInterrupt(() => rmSync(folder, { recursive: true, force: true }));
  const { backend, simulator, processes } = await startAll(scenario, folder);
  const ending = new AbortController();
  const disruption = processes.disrupt(ending.signal);

  const replies: AcceptedReply[] = [];
  const sentAt = new Map<string, number>();
  let slowestMs = 0;
  simulator.replies.onEach((reply) => {
    replies.push(reply);
    for (const mark of marksIn(reply.text)) {
      slowestMs = Math.max(slowestMs, performance.now() - (sentAt.get(mark) ?? Number.POSITIVE_INFINITY));
      sentAt.delete(mark);
    }
  });

  const sent = await sendTraffic(simulator, scenario, (mark) => sentAt.set(mark, performance.now()));
  ending.abort();
  const disruptions = await disruption;
  const until = Date.now() + scenario.timeoutMs;
  while (sentAt.size > 0 && Date.now() < until) await sleep(200);
  // A duplicate arrives after the first reply.
  await sleep(1_500);

  const tally = tallyOf(sent, replies);
  const atEnd = await processes.close();
  await simulator.close();
  await backend.close();
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  takeBack();
  const clean = tally.lost + tally.duplicated + tally.reordered === 0;
  if (clean) rmSync(folder, { recursive: true, force: true });
  const slowestSeconds = Math.round(slowestMs / 100) / 10;
  return { ...tally, seconds, disruptions: { ...disruptions, ...atEnd, slowestSeconds }, folder };
}

async function startAll(
  scenario: Scenario,
  folder: string,
): Promise<{ backend: Backend; simulator: Simulator; processes: Processes }> {
  const port = await freePort();
  const app = `http://127.0.0.1:${port}`;
  const channel = scenario.simulator?.channel ?? 'meta';
  const backend = await startBackend({
    port: 0,
    apiKeys: [DEVELOPMENT.backendKey],
    databasePath: join(folder, 'backend.db'),
    replies: delayedEcho(scenario.assistantDelayMs ?? 0),
    clock,
    newId: randomUUID,
    ...(scenario.backend && { faults: scenario.backend }),
  });
  const simulator = await createSimulator({
    webhookUrl: `${app}${WEBHOOK_PATHS[channel]}`,
    throughput: false,
    sentAfterMs: 20,
    deliveredAfterMs: 100,
    redelivery: REDELIVERY,
    ...scenario.simulator,
  });
  const environment = {
    BACKEND_SERVER_URL: backend.url,
    ...environmentFor(channel, { simulator: simulator.url, app }),
    BATCH_WINDOW_SECONDS: String(WINDOW_SECONDS),
    LOGGING_LEVEL: 'info',
  };
  return { backend, simulator, processes: await scenario.startProcesses({ folder, port, environment }) };
}

function delayedEcho(assistantDelayMs: number): Replies {
  const echo = echoReplies({ clock, wordMs: 0 });
  return async function* delayed(question, history, signal) {
    await clock.sleep(assistantDelayMs, signal);
    yield* echo(question, history, signal);
  };
}
