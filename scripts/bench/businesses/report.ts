import { median } from '../samples.ts';
import type { Answered, Latencies } from './answers.ts';
import { OUTAGE_RATE, type Results } from './run.ts';

/** What must be reached, for the report and for the exit code. */
export function problemsOf({ accepted, hitUs, flood, load, outage }: Results): readonly string[] {
  const problems: [boolean, string][] = [
    [ratioOf(accepted) < 0.9, 'acceptance is more than 10 % below that of one business'],
    [hitUs >= 5, 'a look-up that hits takes 5 microseconds or more'],
    [flood.hitRate <= 0.99, 'the hit rate of the cache is 0.99 or less'],
    [isWrong(flood), 'messages were lost, answered twice or answered by another business'],
    [load.some(({ p95, p99 }) => p95 >= 2_000 || p99 >= 5_000), 'p95 is 2 s or more, or p99 is 5 s or more'],
    [
      isWrong(outage),
      'messages were lost, answered twice or answered by another business while MongoDB was away',
    ],
    [outage.unknownNumber !== 503, 'an unknown number was not answered 503 while MongoDB was away'],
  ];
  return problems.filter(([isReached]) => isReached).map(([, problem]) => problem);
}

export function reportOf(results: Results): string {
  const { plan, accepted, hitUs, flood, load, outage } = results;
  return [
    results.machine,
    `${plan.businesses} businesses in MongoDB, ${plan.connections} connections; 5 % of the requests repeat an earlier one, 10 % hold messages to three businesses`,
    '',
    `accepted, STORE=sqlite   one business ${rates(accepted.one)}/s   all ${rates(accepted.many)}/s   ratio ${ratioOf(accepted).toFixed(2)} (target 0.90)`,
    `a look-up that hits the cache: ${hitUs.toFixed(2)} us (target 5)`,
    '',
    `at 1000/s, a third of it to one business: ${answeredLine(flood)}; cache hit rate ${flood.hitRate.toFixed(4)} (target 0.99)`,
    `  request to 200             ${latencies(flood.acceptance)}`,
    `  message to answer, others  ${latencies(flood.others)}`,
    `  the same without the flood ${latencies(flood.before)}`,
    '',
    ...load.map(
      (one) => `open loop at ${one.perSecond}/s: all 200, ${latencies(one)} (targets: p95 2000, p99 5000)`,
    ),
    '',
    `MongoDB away for ${plan.outageSeconds} s at ${OUTAGE_RATE}/s: all 200, ${latencies(outage)}; ${answeredLine(outage)}; an unknown number: ${outage.unknownNumber}`,
    ...problemsOf(results).map((problem) => `NOT REACHED: ${problem}`),
  ].join('\n');
}

function isWrong({ lost, repeated, crossed }: Answered): boolean {
  return lost + repeated + crossed > 0;
}

function answeredLine({ messages, answered, lost, repeated, crossed }: Answered): string {
  return `${messages} messages, ${answered} answered, ${lost} lost, ${repeated} answered twice, ${crossed} across businesses`;
}

function ratioOf({ one, many }: Results['accepted']): number {
  return median(many) / median(one);
}

function rates(samples: readonly number[]): string {
  const [least, most] = [Math.min(...samples), Math.max(...samples)];
  return `${median(samples).toFixed(0)} (${least.toFixed(0)}-${most.toFixed(0)})`;
}

function latencies({ p50, p95, p99 }: Latencies): string {
  return `p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`;
}
