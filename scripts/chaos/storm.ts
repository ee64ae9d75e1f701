import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Faults as BackendFaults } from '../../app/backend/faults.ts';
import { echoReplies } from '../../app/backend/replies.ts';
import { type Backend, startBackend } from '../../app/backend/start.ts';
import { systemClock as clock } from '../../app/clock.ts';
import { DEVELOPMENT } from '../simulator/development.ts';
import type { SimulatorOptions } from '../simulator/options.ts';
import { createSimulator, type Simulator } from '../simulator/simulator.ts';
import { AppProcess, freePort } from './app-process.ts';
import { type AcceptedReply, markOf, marksIn, type Tally, tallyOf } from './tally.ts';

export interface Weather {
  readonly conversations: number;
  readonly messagesEach: number;
  /** Over how long the messages are sent. */
  readonly spreadMs: number;
  /** After that, how long to wait for the rest. */
  readonly patienceMs: number;
  readonly simulator?: Partial<SimulatorOptions>;
  readonly backend?: BackendFaults;
  readonly environment?: Readonly<Record<string, string>>;
  /** What happens to the app meanwhile; ends when `over` aborts. */
  readonly trouble?: (app: AppProcess, over: AbortSignal) => Promise<Record<string, number>>;
}

export interface Outcome extends Tally {
  readonly seconds: number;
  /** What the trouble came to: kills, restarts... */
  readonly trouble: Readonly<Record<string, number>>;
  /** Where the app's log is, kept when something went wrong. */
  readonly folder: string;
}

/** One reply in ten is longer than one part. */
const LONG_EVERY = 10;
const FILLER = 'and then, after the prayer, the one who asked sat down and thought about it once more; ';

/** Runs the whole system, the app as a process of its own, and lets many people write through the weather. */
export async function runStorm(weather: Weather): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'ansari-whatsapp-chaos-'));
  const startedAt = performance.now();
  const { backend, simulator, app } = await startAll(weather, folder);
  const over = new AbortController();
  const trouble = weather.trouble?.(app, over.signal) ?? Promise.resolve({});

  const replies: AcceptedReply[] = [];
  const unanswered = new Set<string>();
  simulator.replies.onEach((reply) => {
    replies.push(reply);
    for (const mark of marksIn(reply.text)) unanswered.delete(mark);
  });

  const said = await say(simulator, weather, (mark) => unanswered.add(mark));
  over.abort();
  const counted = await trouble;
  const until = Date.now() + weather.patienceMs;
  while (unanswered.size > 0 && Date.now() < until) await sleep(200);
  // A duplicate comes after the answer; give it the time to show.
  await sleep(1_500);

  const tally = tallyOf(said, replies);
  await app.terminate();
  await simulator.close();
  await backend.close();
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  const clean = tally.lost + tally.duplicated + tally.reordered === 0;
  if (clean) rmSync(folder, { recursive: true, force: true });
  return { ...tally, seconds, trouble: counted, folder };
}

async function startAll(
  weather: Weather,
  folder: string,
): Promise<{ backend: Backend; simulator: Simulator; app: AppProcess }> {
  const port = await freePort();
  const backend = await startBackend({
    port: 0,
    apiKeys: [DEVELOPMENT.backendKey],
    databasePath: join(folder, 'backend.db'),
    replies: echoReplies({ clock, wordMs: 0 }),
    clock,
    newId: randomUUID,
    ...(weather.backend && { faults: weather.backend }),
  });
  const simulator = await createSimulator({
    webhookUrl: `http://127.0.0.1:${port}/whatsapp/v2`,
    throughput: false,
    sentAfterMs: 20,
    deliveredAfterMs: 100,
    redelivery: { firstMs: 100, factor: 1.5, longestMs: 2_000 },
    ...weather.simulator,
  });
  const app = new AppProcess(
    port,
    {
      SQLITE_PATH: join(folder, 'app.db'),
      BACKEND_SERVER_URL: backend.url,
      META_API_URL: simulator.url,
      BATCH_WINDOW_SECONDS: '1',
      LOGGING_LEVEL: 'info',
      ...weather.environment,
    },
    join(folder, 'app.log'),
  );
  await app.start();
  return { backend, simulator, app };
}

/** Each person's messages are a second or more apart on the platform's clock, which counts in seconds. */
async function say(
  simulator: Simulator,
  weather: Weather,
  onSaying: (mark: string) => void,
): Promise<Map<string, string[]>> {
  const { conversations, messagesEach, spreadMs } = weather;
  const said = new Map<string, string[]>();
  const begin = Date.now();
  const plan = Array.from({ length: conversations }, (_, conversation) =>
    Array.from({ length: messagesEach }, (_, message) => ({
      conversation,
      message,
      at: ((conversation / conversations + message) / messagesEach) * spreadMs,
    })),
  );
  for (const { conversation, message, at } of plan.flat().sort((a, b) => a.at - b.at)) {
    const late = at - (Date.now() - begin);
    if (late > 5) await sleep(late);
    const person = `1555${1_000_000 + conversation}`;
    const mark = markOf(conversation, message);
    const marks = said.get(person) ?? [];
    said.set(person, [...marks, mark]);
    onSaying(mark);
    const isLong = (conversation + message) % LONG_EVERY === 0;
    const text = isLong ? `${mark} ${FILLER.repeat(60)}` : `${mark} how is it done?`;
    simulator.say(person, text, { at: begin + message * Math.max(1_000, spreadMs / messagesEach) });
  }
  return said;
}
