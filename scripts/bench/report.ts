import { BODY_BYTES, PERSONS } from './deliveries.ts';
import { CONNECTIONS } from './load.ts';
import { type Results, VARIANTS, type Variant } from './run.ts';
import { median, type Sample } from './samples.ts';

const NAMES: Readonly<Record<Variant, string>> = {
  bare: 'a  bare node:http: read, verify, parse',
  sqlite: 'b  the app, STORE=sqlite, synchronous=FULL',
  memory: 'c  the app, STORE=memory',
  log: 'd  as a, and a log with grouped fdatasync',
};

interface Ratio {
  readonly name: string;
  readonly value: number;
  readonly target: number;
}

/** Returns ratios of medians of the same run. */
export function ratiosOf({ capacity }: Results): readonly Ratio[] {
  const rate = (variant: Variant) => median(capacity[variant].map(({ perSecond }) => perSecond));
  return [
    { name: 'b/a', value: rate('sqlite') / rate('bare'), target: 0.5 },
    { name: 'c/a', value: rate('memory') / rate('bare'), target: 0.75 },
    { name: 'b/d', value: rate('sqlite') / rate('log'), target: 0.75 },
  ];
}

export function reportOf(results: Results): string {
  const { plan, pinned, disk, latency, atWork, idle, discarded, disturbed } = results;
  return [
    results.machine,
    `deliveries of ${BODY_BYTES} bytes, signed, each with its own message id, from ${PERSONS} people; ${CONNECTIONS} connections, no pipelining`,
    pinned
      ? 'server and load each on a core of its own'
      : 'NOT PINNED: fewer than two cores, or no taskset; server and load disturb each other',
    `disk: fdatasync of 4 KiB p50 ${ms(disk.p50)}, p99 ${ms(disk.p99)}`,
    '',
    `Capacity, closed loop, median (min to max) of ${plan.rounds} rounds of ${plan.requests} requests`,
    `${' '.repeat(44)}${['req/s', '', 'p50 ms', 'p99 ms', 'CPU us', 'peak MB'].map((word) => word.padStart(9)).join('')}`,
    ...VARIANTS.map((variant) => capacityLine(NAMES[variant], results.capacity[variant])),
    '',
    ...ratiosOf(results).map(
      ({ name, value, target }) =>
        `${name}  ${value.toFixed(2)}  (target ${target.toFixed(2)}${value < target ? ', not met' : ''})`,
    ),
    '',
    `Latency of b, open loop, from the intended time, ${plan.openLoopSeconds} s each`,
    ...latency.map(
      ({ perSecond, sample }) =>
        `${String(perSecond).padStart(6)}/s  p50 ${ms(sample.p50)}  p99 ${ms(sample.p99)}  CPU ${sample.cpuUs.toFixed(0)} us per request  peak ${sample.peakMb.toFixed(0)} MB`,
    ),
    '',
    `b with turns on the same core (echo, nothing sent): ${rate(atWork.acceptedPerSecond)} accepted/s, p50 ${ms(atWork.p50)}, p99 ${ms(atWork.p99)}; ${rate(atWork.answeredPerSecond)} answered/s`,
    `b idle: ${idle.startedMb.toFixed(0)} MB after the start, ${idle.withTablesMb.toFixed(0)} MB with the language tables (target 130)`,
    '',
    `${discarded} samples repeated because other processes used more than 5 % of a core; ${disturbed} used although every try was disturbed`,
  ].join('\n');
}

function capacityLine(name: string, samples: readonly Sample[]): string {
  const rates = samples.map(({ perSecond }) => perSecond);
  const medianOf = (pick: (sample: Sample) => number) => median(samples.map(pick));
  return [
    name.padEnd(44),
    rate(median(rates)).padStart(9),
    `(${Math.round(Math.min(...rates))}-${Math.round(Math.max(...rates))})`.padStart(15),
    medianOf(({ p50 }) => p50)
      .toFixed(2)
      .padStart(9),
    medianOf(({ p99 }) => p99)
      .toFixed(2)
      .padStart(9),
    medianOf(({ cpuUs }) => cpuUs)
      .toFixed(1)
      .padStart(9),
    Math.max(...samples.map(({ peakMb }) => peakMb))
      .toFixed(0)
      .padStart(9),
  ].join('');
}

function rate(perSecond: number): string {
  return String(Math.round(perSecond));
}

function ms(value: number): string {
  return `${value.toFixed(2)} ms`;
}
