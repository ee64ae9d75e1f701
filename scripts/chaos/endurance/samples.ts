import { readdirSync, readFileSync } from 'node:fs';
import type { Schedule } from './schedule.ts';

export interface Sample {
  readonly atMs: number;
  readonly memoryMb: number;
  readonly descriptors: number;
  /** Messages without an answer, as the app reports them. */
  readonly waiting: number | undefined;
  /** How long the app took to answer a request that needs nothing: its event loop was busy for that long. */
  readonly responseMs: number;
}

/** Resolves to a sample; undefined when the process has ended meanwhile. Needs /proc. */
export async function sample(
  { pid, url }: { readonly pid: number | undefined; readonly url: string },
  atMs: number,
): Promise<Sample | undefined> {
  try {
    const startedAt = performance.now();
    await (await fetch(`${url}/health`)).arrayBuffer();
    const responseMs = performance.now() - startedAt;
    const metrics = await (await fetch(`${url}/metrics`)).text();
    const waiting = /^ansari_whatsapp_waiting_messages (\d+)/m.exec(metrics)?.[1];
    const resident = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return {
      atMs,
      memoryMb: Number(resident) / 1_024,
      descriptors: readdirSync(`/proc/${pid}/fd`).length,
      waiting: waiting === undefined ? undefined : Number(waiting),
      responseMs,
    };
  } catch {
    return undefined;
  }
}

/** Memory that may come on top between two spans: the heap is collected at different times. */
const MAX_GROWTH_MB = 32;
const MAX_GROWTH = 0.2;
/** In a shorter run a heap still grows to its usual size in the second span. */
const MIN_JUDGED_MS = 3 * 60_000;
/** Connections that are kept for the next request. */
const MAX_MORE_DESCRIPTORS = 20;

export interface Judgement {
  readonly memory: { readonly early: number; readonly late: number; readonly mbPerMinute: number };
  readonly descriptors: { readonly early: number; readonly end: number; readonly perMinute: number };
  readonly maxWaiting: number;
  readonly responseMs: { readonly median: number; readonly max: number };
  /** What is wrong, each as a sentence. */
  readonly faults: readonly string[];
}

/** Judges the samples of the last process: memory under the same load, descriptors at the end, when nothing is open. */
export function judge(samples: readonly Sample[], end: Sample | undefined, schedule: Schedule): Judgement {
  const { early, late, outage } = schedule;
  const within = ({ fromMs, toMs }: Schedule['early']) =>
    samples.filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
  const memory = {
    early: median(within(early).map(({ memoryMb }) => memoryMb)),
    late: median(within(late).map(({ memoryMb }) => memoryMb)),
  };
  const descriptors = {
    early: median(within(early).map((one) => one.descriptors)),
    end: end?.descriptors ?? Number.NaN,
  };
  const steady = samples.filter(
    ({ atMs }) => atMs >= early.fromMs && (atMs < outage.fromMs || atMs >= late.fromMs),
  );
  const faults: string[] = [];
  const maxMemory = memory.early + Math.max(MAX_GROWTH_MB, MAX_GROWTH * memory.early);
  // Written so that a missing figure is a fault as well.
  if (schedule.durationMs >= MIN_JUDGED_MS && !(memory.late <= maxMemory))
    faults.push(`memory grew from ${memory.early.toFixed(0)} to ${memory.late.toFixed(0)} MB`);
  if (!(descriptors.end <= descriptors.early + MAX_MORE_DESCRIPTORS))
    faults.push(`descriptors grew from ${descriptors.early} to ${descriptors.end}`);
  if (end?.waiting !== 0) faults.push(`${end?.waiting ?? 'an unknown number of'} messages still wait`);
  const responses = samples.map(({ responseMs }) => responseMs);
  return {
    memory: { ...memory, mbPerMinute: slope(steady, ({ memoryMb }) => memoryMb) },
    descriptors: { ...descriptors, perMinute: slope(steady, (one) => one.descriptors) },
    maxWaiting: Math.max(0, ...samples.map(({ waiting = 0 }) => waiting)),
    responseMs: { median: median(responses), max: Math.max(0, ...responses) },
    faults,
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/** Returns the slope of the least squares, per minute. */
function slope(samples: readonly Sample[], figureOf: (sample: Sample) => number): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const minutes = samples.map(({ atMs }) => atMs / 60_000);
  const values = samples.map(figureOf);
  const [x, y] = [mean(minutes), mean(values)];
  const covariance = minutes.reduce((sum, at, index) => sum + (at - x) * ((values[index] ?? y) - y), 0);
  return covariance / minutes.reduce((sum, at) => sum + (at - x) ** 2, 0);
}
