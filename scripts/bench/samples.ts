import type { Deliveries } from './deliveries.ts';
import { closedLoop, type Load, openLoop } from './load.ts';
import { type Cores, cpuUsOf, machineUs, residentMb } from './machine.ts';
import { type Program, type ProgramName, ServerProcess } from './server-process.ts';

/** Requests before the measurement: the server sees every person, and V8 compiles the hot paths. */
const WARM_UP = 20_000;
/** A sample is repeated when other processes used more than this share of one core during it. */
const MAX_DISTURBANCE = 0.05;
const MAX_TRIES = 2;

export interface Sample {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** CPU time of all threads of the server, per request. */
  readonly cpuUs: number;
  readonly peakMb: number;
  /** Resident memory before the first and after the last request. */
  readonly idleMb: number;
  readonly loadedMb: number;
  /** CPU time of other processes during the sample, as a share of one core. */
  readonly disturbance: number;
}

export interface Bench {
  readonly cores: Cores | undefined;
  readonly deliveries: Deliveries;
  /** Number of requests of one capacity sample. */
  readonly requests: number;
  readonly openLoopSeconds: number;
  /** Default: `WARM_UP`. */
  readonly warmUp?: number;
}

/** Takes up to two samples. Resolves to the least disturbed one, and to the number of discarded ones. */
export async function sampleWithRetry(
  take: () => Promise<Sample>,
): Promise<{ readonly sample: Sample; readonly quiet: boolean; readonly discarded: number }> {
  const tries: Sample[] = [];
  while (tries.length < MAX_TRIES) {
    const sample = await take();
    tries.push(sample);
    if (sample.disturbance <= MAX_DISTURBANCE) return { sample, quiet: true, discarded: tries.length - 1 };
  }
  const [sample] = tries.toSorted((a, b) => a.disturbance - b.disturbance);
  if (sample === undefined) throw new Error('no sample');
  return { sample, quiet: false, discarded: tries.length - 1 };
}

/** Measures the capacity of a new server. */
export function capacityOf(name: ProgramName | Program, bench: Bench): Promise<Sample> {
  return sampleOf(name, bench, bench.requests, (port) =>
    closedLoop(port, bench.deliveries, warmUpOf(bench), warmUpOf(bench) + bench.requests),
  );
}

/** Measures the latency of a new server at a fixed rate of deliveries. */
export function latencyOf(name: ProgramName, perSecond: number, bench: Bench): Promise<Sample> {
  const count = perSecond * bench.openLoopSeconds;
  return sampleOf(name, bench, count, (port) =>
    openLoop(port, bench.deliveries, { from: warmUpOf(bench), count, perSecond }),
  );
}

/** Returns the number of deliveries of a run. Every server starts with an empty store, so all get the same ones. */
export function deliveriesNeeded({ requests, openLoopSeconds }: Omit<Bench, 'deliveries'>): number {
  return WARM_UP + Math.max(requests, 5_000 * openLoopSeconds);
}

function warmUpOf({ warmUp = WARM_UP }: Bench): number {
  return warmUp;
}

async function sampleOf(
  name: ProgramName | Program,
  { cores, deliveries, warmUp = WARM_UP }: Bench,
  count: number,
  load: (port: number) => Promise<Load>,
): Promise<Sample> {
  const server = await ServerProcess.start(name, cores);
  try {
    const idleMb = residentMb(server.pid, 'VmRSS');
    await closedLoop(server.port, deliveries, 0, warmUp);
    const before = { machine: machineUs(), server: cpuUsOf(server.pid), load: cpuUsOf('self') };
    const { seconds, latencies } = await load(server.port);
    const serverUs = cpuUsOf(server.pid) - before.server;
    const ours = serverUs + cpuUsOf('self') - before.load;
    return {
      perSecond: count / seconds,
      p50: quantile(latencies, 0.5),
      p99: quantile(latencies, 0.99),
      cpuUs: serverUs / count,
      peakMb: residentMb(server.pid, 'VmHWM'),
      idleMb,
      loadedMb: residentMb(server.pid, 'VmRSS'),
      disturbance: Math.max(0, machineUs() - before.machine - ours) / (seconds * 1e6),
    };
  } finally {
    await server.end();
  }
}

/** `sorted` must be sorted. */
export function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
}
