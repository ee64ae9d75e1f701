import { reportOf as reportOfAnswers } from '../answers/report.ts';
import { BODY_BYTES, PERSONS } from '../deliveries.ts';
import { CONNECTIONS } from '../load.ts';
import { median, type Sample } from '../samples.ts';
import type { PeersResults, SideResults } from './run.ts';

const COLUMNS = ['req/s', 'p50 ms', 'p99 ms', 'CPU us', 'idle MB', 'load MB', 'durable', 'lost of 200'];

/** Returns the measured sides as a table, and beneath it what did not run. */
export function reportOf({ machine, pinned, plan, sides, answers, notRun, disturbed }: PeersResults): string {
  return [
    machine,
    `signed deliveries of ${BODY_BYTES} bytes from ${PERSONS} people, ${CONNECTIONS} connections; medians of ${plan.rounds} alternating rounds of ${plan.requests} requests`,
    ...(pinned
      ? []
      : ['NOT PINNED: fewer than two cores, or no taskset; server and load disturb each other']),
    '',
    `${' '.repeat(28)}${COLUMNS.map((column) => column.padStart(12)).join('')}`,
    ...sides.map(lineOf),
    '',
    ...sides.map(({ name }) => name),
    'lost: messages answered 200 and never replied to, after kill -9 at the 200th 200 and a restart; the backend takes 1 s',
    ...ratiosOf(sides),
    `${disturbed} samples used although every try was disturbed by other processes`,
    '',
    reportOfAnswers(answers),
    ...notRun.map(({ name, why }) => `\nNOT RUN: ${name}: ${why}`),
  ].join('\n');
}

/** Returns the acceptance of the first side beside that of every other one. */
function ratiosOf([own, ...others]: readonly SideResults[]): string[] {
  if (own === undefined) return [];
  return others.map(
    (other) =>
      `accepts ${(rateOf(own) / rateOf(other)).toFixed(2)} times as many as ${firstWord(other.name)}`,
  );
}

function rateOf({ samples }: SideResults): number {
  return median(samples.map(({ perSecond }) => perSecond));
}

function lineOf({ name, isDurable, samples, lost }: SideResults): string {
  const of = (pick: (sample: Sample) => number, digits: number) => median(samples.map(pick)).toFixed(digits);
  const repeated = lost.repeated > 0 ? ` (${lost.repeated} twice)` : '';
  const cells = [
    of(({ perSecond }) => perSecond, 0),
    of(({ p50 }) => p50, 2),
    of(({ p99 }) => p99, 2),
    of(({ cpuUs }) => cpuUs, 1),
    of(({ idleMb }) => idleMb, 0),
    of(({ loadedMb }) => loadedMb, 0),
    isDurable ? 'yes' : 'no',
    `${lost.lost}${repeated}`,
  ];
  return `${firstWord(name).padEnd(28)}${cells.map((cell) => cell.padStart(12)).join('')}`;
}

function firstWord(name: string): string {
  return name.split(/[,(]/)[0]?.trim() ?? name;
}
