import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AtWork, type Idle, idleMemory, withTurns } from './app-at-work.ts';
import { makeDeliveries } from './deliveries.ts';
import { describeMachine, diskLatencies, reserveCores } from './machine.ts';
import {
  type Bench,
  capacityOf,
  deliveriesNeeded,
  latencyOf,
  quantile,
  type Sample,
  sampleWithRetry,
} from './samples.ts';

/** The servers of every round, in the order of the letters a to d. */
export const VARIANTS = ['bare', 'sqlite', 'memory', 'log'] as const;
export type Variant = (typeof VARIANTS)[number];

const RATES = [1_000, 5_000] as const;

export interface Plan {
  readonly rounds: number;
  readonly requests: number;
  readonly openLoopSeconds: number;
  readonly answered: number;
}

export interface Results {
  readonly machine: string;
  readonly pinned: boolean;
  readonly plan: Plan;
  readonly capacity: Readonly<Record<Variant, readonly Sample[]>>;
  readonly latency: readonly { readonly perSecond: number; readonly sample: Sample }[];
  readonly atWork: AtWork;
  readonly idle: Idle;
  /** Times of fdatasync after writing 4 KiB, in milliseconds. */
  readonly disk: { readonly p50: number; readonly p99: number };
  /** Samples that other processes disturbed: repeated, or used when every try was disturbed. */
  readonly discarded: number;
  readonly disturbed: number;
}

/** Calls `onProgress` with the name of each measurement. */
export async function runBench(plan: Plan, onProgress: (progress: string) => void): Promise<Results> {
  const cores = reserveCores();
  onProgress('signing deliveries');
  const count = deliveriesNeeded({ cores, ...plan });
  const bench: Bench = { cores, deliveries: makeDeliveries(count), ...plan };
  const disk = diskLatency();
  const idle = await idleMemory(cores);

  let discarded = 0;
  let disturbed = 0;
  const sample = async (take: () => Promise<Sample>) => {
    const result = await sampleWithRetry(take);
    discarded += result.discarded;
    if (!result.quiet) disturbed += 1;
    return result.sample;
  };
  const capacity: Record<Variant, Sample[]> = { bare: [], sqlite: [], memory: [], log: [] };
  for (let round = 1; round <= plan.rounds; round += 1) {
    for (const variant of VARIANTS) {
      onProgress(`round ${round} of ${plan.rounds}: ${variant}`);
      capacity[variant].push(await sample(() => capacityOf(variant, bench)));
    }
  }
  const latency: { perSecond: number; sample: Sample }[] = [];
  for (const perSecond of RATES) {
    onProgress(`open loop at ${perSecond}/s`);
    latency.push({ perSecond, sample: await sample(() => latencyOf('sqlite', perSecond, bench)) });
  }
  onProgress('with turns');
  const atWork = await withTurns(bench.deliveries, plan.answered, cores);
  const machine = describeMachine();
  return {
    machine,
    pinned: cores !== undefined,
    plan,
    capacity,
    latency,
    atWork,
    idle,
    disk,
    discarded,
    disturbed,
  };
}

function diskLatency(): Results['disk'] {
  const folder = mkdtempSync(join(tmpdir(), 'ansari-whatsapp-bench-'));
  const latencies = diskLatencies(folder, 300);
  rmSync(folder, { recursive: true });
  return { p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) };
}
