import type { Deliveries } from './deliver.ts';
import type { Judgement } from './samples.ts';
import type { Load, Schedule } from './schedule.ts';
import type { EnduranceTraffic } from './traffic.ts';

interface Run {
  readonly load: Load;
  readonly schedule: Schedule;
  readonly deliveries: Deliveries;
  readonly counts: ReturnType<EnduranceTraffic['counts']>;
  readonly judgement: Judgement;
  /** How many deliveries were open at once. */
  readonly maxOpen: number;
  readonly drainSeconds: number;
  readonly badExits: number;
  readonly maxShutdownMs: number;
}

/** More deliveries than of so many seconds are open at once: the load was not the one asked for. */
const MAX_OPEN_SECONDS = 10;

/** Returns the figures of a run as lines, and what is wrong with it. */
export function reportOf(run: Run): {
  readonly lines: readonly string[];
  readonly faults: readonly string[];
} {
  const { load, schedule, deliveries, counts, judgement, drainSeconds, badExits, maxShutdownMs } = run;
  const { memory, descriptors, responseMs, maxWaiting } = judgement;
  const outageSeconds = (schedule.outage.toMs - schedule.outage.fromMs) / 1_000;
  // What piled up makes memory and descriptors incomparable.
  const isOverloaded = run.maxOpen > MAX_OPEN_SECONDS * load.rate;
  const faults = isOverloaded ? [] : [...judgement.faults];
  if (isOverloaded)
    faults.push(
      `this machine does not take ${load.rate} deliveries/s (${run.maxOpen} were open): lower --rate`,
    );
  for (const what of ['lost', 'duplicated', 'reordered'] as const)
    if (counts[what] > 0) faults.push(`${counts[what]} texts ${what}`);
  if (badExits > 0) faults.push(`${badExits} processes did not exit with 0`);
  if (deliveries.waiting > 0) faults.push(`${deliveries.waiting} deliveries were never accepted`);
  const row = (name: string, text: string) => `  ${name.padEnd(14)}${text}`;
  const lines = [
    `endurance: ${load.minutes} min, ${load.rate} deliveries/s, ${load.conversations} conversations, backend down for ${outageSeconds.toFixed(0)} s, 2 deployments`,
    row(
      'deliveries',
      `${deliveries.accepted} accepted, ${deliveries.refused} refused first, p50 ${deliveries.latencyMs(0.5)} ms, p99 ${deliveries.latencyMs(0.99)} ms from the intended time`,
    ),
    row(
      'texts',
      `${counts.texts} sent, ${counts.answered} answered, ${counts.lost} lost, ${counts.duplicated} duplicated, ${counts.reordered} reordered`,
    ),
    row(
      'memory',
      `${memory.early.toFixed(0)} MB after the warm-up, ${memory.late.toFixed(0)} MB at the end, ${memory.mbPerMinute.toFixed(1)} MB/min`,
    ),
    row(
      'descriptors',
      `${descriptors.early} after the warm-up, ${descriptors.end} at the end, ${descriptors.perMinute.toFixed(1)}/min`,
    ),
    row('waiting', `at most ${maxWaiting}, the rest was done ${drainSeconds} s after the load`),
    row(
      'event loop',
      `/health in ${responseMs.median.toFixed(0)} ms (median), ${responseMs.max.toFixed(0)} ms (maximum)`,
    ),
    row('shutdown', `at most ${maxShutdownMs} ms`),
  ];
  return { lines, faults };
}
