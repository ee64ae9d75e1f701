import type { Deliveries } from './deliveries.ts';
import { closedLoop, type Load, openLoop } from './load.ts';
import { type Cores, cpuUsOf, machineUs, residentMb } from './machine.ts';
import { type ProgramName, ServerProcess } from './server-process.ts';

/** Not measured: the server meets every person once, and V8 compiles most of its hot paths. */
const WARM_UP = 20_000;
/** A sample is taken again when other processes worked more than this share of one core meanwhile. */
const MOST_DISTURBANCE = 0.05;
const MOST_TRIES = 2;

export interface Sample {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** CPU time of the server, all its threads, for each request. */
  readonly cpuUs: number;
  readonly peakMb: number;
  /** What other processes worked meanwhile, as a share of one core. */
  readonly disturbance: number;
}

export interface Bench {
  readonly cores: Cores | undefined;
  readonly deliveries: Deliveries;
  /** Requests of one sample of capacity. */
  readonly requests: number;
  readonly openLoopSeconds: number;
}

/** The least disturbed of up to two tries, whether it was quiet enough, and how many others were thrown away. */
export async function quietest(
  take: () => Promise<Sample>,
): Promise<{ readonly sample: Sample; readonly quiet: boolean; readonly discarded: number }> {
  const tries: Sample[] = [];
  while (tries.length < MOST_TRIES) {
    const sample = await take();
    tries.push(sample);
    if (sample.disturbance <= MOST_DISTURBANCE) return { sample, quiet: true, discarded: tries.length - 1 };
  }
  const [sample] = tries.toSorted((a, b) => a.disturbance - b.disturbance);
  if (sample === undefined) throw new Error('no sample');
  return { sample, quiet: false, discarded: tries.length - 1 };
}

/** How much a server, started anew, can take. */
export function capacityOf(name: ProgramName, bench: Bench): Promise<Sample> {
  return sampleOf(name, bench, bench.requests, (port) =>
    closedLoop(port, bench.deliveries, WARM_UP, WARM_UP + bench.requests),
  );
}

/** How long a server takes to answer deliveries that come at a fixed rate. */
export function latencyOf(name: ProgramName, perSecond: number, bench: Bench): Promise<Sample> {
  const count = perSecond * bench.openLoopSeconds;
  return sampleOf(name, bench, count, (port) =>
    openLoop(port, bench.deliveries, { from: WARM_UP, count, perSecond }),
  );
}

/** Deliveries that a run needs; every server starts with an empty store, so all may be sent the same ones. */
export function deliveriesNeeded({ requests, openLoopSeconds }: Omit<Bench, 'deliveries'>): number {
  return WARM_UP + Math.max(requests, 5_000 * openLoopSeconds);
}

async function sampleOf(
  name: ProgramName,
  { cores, deliveries }: Bench,
  count: number,
  load: (port: number) => Promise<Load>,
): Promise<Sample> {
  const server = await ServerProcess.start(name, cores);
  try {
    await closedLoop(server.port, deliveries, 0, WARM_UP);
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
      disturbance: Math.max(0, machineUs() - before.machine - ours) / (seconds * 1e6),
    };
  } finally {
    await server.end();
  }
}

/** Of sorted values. */
export function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
