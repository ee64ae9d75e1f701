import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AtWork, type Idle, idleMemory, withTurns } from './app-at-work.ts';
import { makeDeliveries } from './deliveries.ts';
import { describeMachine, diskLatencies, takeCores } from './machine.ts';
import {
  type Bench,
  capacityOf,
  deliveriesNeeded,
  latencyOf,
  quantile,
  quietest,
  type Sample,
} from './samples.ts';

/** Side by side in every round, in the order of the letters a to d. */
export const SIDES = ['bare', 'sqlite', 'memory', 'log'] as const;
export type Side = (typeof SIDES)[number];

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
  readonly capacity: Readonly<Record<Side, readonly Sample[]>>;
  readonly latency: readonly { readonly perSecond: number; readonly sample: Sample }[];
  readonly atWork: AtWork;
  readonly idle: Idle;
  /** Milliseconds that the disk took to make 4 KiB safe. */
  readonly disk: { readonly p50: number; readonly p99: number };
  /** Samples that other processes disturbed: taken again, or kept when no try was quiet. */
  readonly discarded: number;
  readonly disturbed: number;
}

/** `tell` hears what is being measured. */
export async function runBench(plan: Plan, tell: (progress: string) => void): Promise<Results> {
  const cores = takeCores();
  tell('signing deliveries');
  const count = deliveriesNeeded({ cores, ...plan });
  const bench: Bench = { cores, deliveries: makeDeliveries(count), ...plan };
  const disk = diskLatency();
  const idle = await idleMemory(cores);

  let discarded = 0;
  let disturbed = 0;
  const quiet = async (take: () => Promise<Sample>) => {
    const taken = await quietest(take);
    discarded += taken.discarded;
    if (!taken.quiet) disturbed += 1;
    return taken.sample;
  };
  const capacity: Record<Side, Sample[]> = { bare: [], sqlite: [], memory: [], log: [] };
  for (let round = 1; round <= plan.rounds; round += 1) {
    for (const side of SIDES) {
      tell(`round ${round} of ${plan.rounds}: ${side}`);
      capacity[side].push(await quiet(() => capacityOf(side, bench)));
    }
  }
  const latency: { perSecond: number; sample: Sample }[] = [];
  for (const perSecond of RATES) {
    tell(`open loop at ${perSecond}/s`);
    latency.push({ perSecond, sample: await quiet(() => latencyOf('sqlite', perSecond, bench)) });
  }
  tell('with turns');
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
