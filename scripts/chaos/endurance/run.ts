import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Print } from '../../command.ts';
import { onInterrupt } from '../../interrupt.ts';
import type { Progress } from '../../progress.ts';
import { DEVELOPMENT } from '../../simulator/development.ts';
import { environmentFor } from '../../simulator/environment.ts';
import { AppProcess } from '../app-process.ts';
import { freePort } from '../own-process.ts';
import { startInstantBackend } from './backend.ts';
import { Deliveries } from './deliver.ts';
import { startPlatform } from './platform.ts';
import { reportOf } from './report.ts';
import { judge, type Sample, sample } from './samples.ts';
import { type Load, type Schedule, scheduleOf } from './schedule.ts';
import { EnduranceTraffic } from './traffic.ts';

/** So that memory is collected before the machine's is used up: a leak is seen in minutes, or ends the process. */
const HEAP_MB = 192;
const SAMPLE_EVERY_MS = 1_000;
/** How long what waits may take after the load has ended: the outage, and as long again, at least. */
const MIN_DRAIN_MS = 120_000;
/** Connections that nothing uses are closed after some seconds; then only what leaked is open. */
const IDLE_MS = 8_000;

/** Runs the app for minutes under a steady load, with a backend outage and two deployments. Resolves to the exit code. */
export async function runEndurance(load: Load, print: Print, progress: Progress): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'ansari-whatsapp-endurance-'));
  const schedule = scheduleOf(load);
  const ending = new AbortController();
  let traffic: EnduranceTraffic | undefined;
  const backend = await startInstantBackend();
  const platform = await startPlatform((reply) => traffic?.onReply(reply));
  const apps = new Apps(folder, { backend: backend.url, platform: platform.url });
  await apps.startNext();
  const deliveries = new Deliveries(() => apps.current.port);
  const statuses = new Deliveries(() => apps.current.port);
  traffic = new EnduranceTraffic(deliveries, statuses, load, schedule);

  const startedAt = performance.now();
  const elapsedMs = () => performance.now() - startedAt;
  const samples: Sample[] = [];
  const takeSample = async (): Promise<Sample | undefined> => {
    const taken = await sample(apps.current.app, elapsedMs());
    if (taken !== undefined) samples.push(taken);
    progress.show(lineOf(elapsedMs(), schedule, deliveries, taken));
    return taken;
  };
  const sampling = repeat(SAMPLE_EVERY_MS, ending.signal, takeSample);
  const restarts = at(schedule.restartsAtMs, elapsedMs, ending.signal, () => apps.startNext());
  const outage = at([schedule.outage.fromMs, schedule.outage.toMs], elapsedMs, ending.signal, (index) =>
    index === 0 ? backend.goDown() : backend.comeBack(),
  );
  const takeBack = onInterrupt(async () => {
    ending.abort();
    await apps.killAll();
    rmSync(folder, { recursive: true, force: true });
  });

  await traffic.send(startedAt, ending.signal);
  await Promise.all([restarts, outage]);
  const drainedBy = performance.now() + MIN_DRAIN_MS + 2 * (schedule.outage.toMs - schedule.outage.fromMs);
  const drainStartedAt = performance.now();
  let latest = await takeSample();
  while (performance.now() < drainedBy) {
    const isDone =
      deliveries.waiting + statuses.waiting === 0 && latest?.waiting === 0 && traffic.counts().lost === 0;
    if (isDone) break;
    await sleep(SAMPLE_EVERY_MS);
    latest = samples.at(-1);
  }
  const drainSeconds = Math.round((performance.now() - drainStartedAt) / 1_000);
  await sleep(IDLE_MS);
  ending.abort();
  await sampling;
  const end = await takeSample();
  progress.clear();

  const { badExits, maxShutdownMs } = await apps.terminate();
  takeBack();
  deliveries.close();
  statuses.close();
  await platform.close();
  await backend.close();
  const report = reportOf({
    ...{ load, schedule, deliveries, drainSeconds, badExits, maxShutdownMs },
    counts: traffic.counts(),
    maxOpen: traffic.maxOpen,
    judgement: judge(
      samples.filter(({ atMs }) => atMs > Math.max(...schedule.restartsAtMs)),
      end,
      schedule,
    ),
  });
  for (const line of report.lines) print(line);
  if (report.faults.length === 0) rmSync(folder, { recursive: true, force: true });
  else console.error(`  failed: ${report.faults.join('; ')}; logs and data: ${folder}`);
  return report.faults.length === 0 ? 0 : 1;
}

/** The app's processes, of which the newest gets the deliveries. */
class Apps {
  readonly #folder: string;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #all: { readonly app: AppProcess; readonly port: number }[] = [];
  #badExits = 0;
  #maxShutdownMs = 0;

  constructor(folder: string, urls: { readonly backend: string; readonly platform: string }) {
    this.#folder = folder;
    this.#environment = {
      ...environmentFor('meta', { simulator: urls.platform, app: '' }),
      BACKEND_SERVER_URL: urls.backend,
      ANSARI_BACKEND_API_KEY: DEVELOPMENT.backendKey,
      SQLITE_PATH: join(folder, 'app.db'),
      BATCH_WINDOW_SECONDS: '1',
      LOGGING_LEVEL: 'warn',
      NODE_OPTIONS: `--max-old-space-size=${HEAP_MB}`,
    };
  }

  get current(): { readonly app: AppProcess; readonly port: number } {
    const newest = this.#all.at(-1);
    if (newest === undefined) throw new Error('no app has started');
    return newest;
  }

  /** As a deployment does: the new process gets the deliveries, then the old one gets SIGTERM. */
  async startNext(): Promise<void> {
    const old = this.#all.at(-1);
    const port = await freePort();
    const log = join(this.#folder, `app-${this.#all.length}.log`);
    const app = new AppProcess(port, this.#environment, log);
    await app.start();
    this.#all.push({ app, port });
    if (old !== undefined) await this.#end(old.app);
  }

  async terminate(): Promise<{ badExits: number; maxShutdownMs: number }> {
    await this.#end(this.current.app);
    return { badExits: this.#badExits, maxShutdownMs: this.#maxShutdownMs };
  }

  async killAll(): Promise<void> {
    await Promise.all(this.#all.map(({ app }) => app.kill()));
  }

  async #end(app: AppProcess): Promise<void> {
    const { code, ms } = await app.terminate();
    if (code !== 0) this.#badExits += 1;
    this.#maxShutdownMs = Math.max(this.#maxShutdownMs, ms);
  }
}

async function repeat(everyMs: number, signal: AbortSignal, task: () => Promise<unknown>): Promise<void> {
  while (!signal.aborted) {
    await task();
    await sleep(everyMs);
  }
}

/** Calls `task` at each of the times, one after the other. */
async function at(
  times: readonly number[],
  elapsedMs: () => number,
  signal: AbortSignal,
  task: (index: number) => Promise<void>,
): Promise<void> {
  for (const [index, time] of times.entries()) {
    await sleep(Math.max(0, time - elapsedMs()));
    if (signal.aborted) return;
    await task(index);
  }
}

function lineOf(
  ms: number,
  { durationMs, outage }: Schedule,
  deliveries: Deliveries,
  taken?: Sample,
): string {
  const state =
    ms > durationMs ? 'draining' : ms > outage.fromMs && ms < outage.toMs ? 'backend down' : 'load';
  const figures = taken
    ? `${taken.memoryMb.toFixed(0)} MB, ${taken.descriptors} descriptors, ${taken.waiting ?? '?'} waiting`
    : 'no sample';
  const seconds = `${Math.round(ms / 1_000)} of ${Math.round(durationMs / 1_000)} s`;
  return `endurance: ${seconds}, ${state}: ${deliveries.accepted} accepted, ${deliveries.waiting} open, ${figures}`;
}
