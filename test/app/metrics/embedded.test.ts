import { describe, expect, it } from 'vitest';
import { createEmbeddedCounters } from '#app/metrics/embedded.ts';
import { EMBEDDED_METRICS, EMBEDDED_NAMESPACE } from '#app/metrics/embedded-names.ts';
import { EMBEDDED_LINE } from './embedded-schema.ts';

/** In each environment, each for 0.30 USD a month (docs/metrics.md). */
const BUDGET = 15;

function start() {
  const written: string[] = [];
  const counters = createEmbeddedCounters({
    ...{ environment: 'staging', now: () => 1_700_000_000_000 },
    write: (line) => written.push(line),
  });
  const lines = () =>
    written.map((line) => {
      expect(line.endsWith('\n')).toBe(true);
      expect(Buffer.byteLength(line)).toBeLessThan(256 * 1024);
      return EMBEDDED_LINE.parse(JSON.parse(line));
    });
  return { counters, lines };
}

const namesIn = (line: ReturnType<ReturnType<typeof start>['lines']>[number] | undefined) =>
  line?._aws.CloudWatchMetrics.flatMap(({ Metrics }) => Metrics.map(({ Name }) => Name));

describe('the metrics of CloudWatch', () => {
  it('are in one line that its specification allows, with sums and single times', () => {
    const { counters, lines } = start();
    for (const outcome of ['answered', 'answered', 'buried', 'silent'] as const) counters.turn(outcome);
    for (const outcome of ['sent', 'sent', 'sent', 'unknown', 'failed'] as const) counters.part(outcome);
    counters.assistantTook(1_500);
    counters.assistantTook(2_000);
    counters.turnStage('first_byte', 900);
    counters.turnStage('written', 901);
    counters.tokens({ inputTokens: 10, outputTokens: 2 });
    counters.tokens({ inputTokens: 1, outputTokens: 2 });
    counters.flush();
    const [line, ...more] = lines();
    expect(more).toEqual([]);
    expect(line).toMatchObject({
      ...{ environment: 'staging', turns_answered: 2, turns_buried: 1, parts_sent: 3, parts_unknown: 1 },
      ...{ assistant_seconds: [1.5, 2], first_byte_seconds: [0.9] },
      ...{ assistant_input_tokens: 11, assistant_output_tokens: 4 },
    });
    expect(line?._aws).toMatchObject({
      Timestamp: 1_700_000_000_000,
      CloudWatchMetrics: [{ Namespace: EMBEDDED_NAMESPACE, Dimensions: [['environment']] }],
    });
    expect(namesIn(line)).toHaveLength(8);
    expect(line?._aws.CloudWatchMetrics[0]?.Metrics).toContainEqual({
      ...{ Name: 'assistant_seconds', Unit: 'Seconds' },
    });
  });

  it('are written once, and not at all when nothing was counted', () => {
    const { counters, lines } = start();
    counters.flush();
    counters.delivery('stored');
    counters.flush();
    expect(lines()).toEqual([]);
    counters.wakeUpAge(1);
    counters.flush();
    counters.flush();
    counters.rateLimitWait('pair', 2);
    counters.flush();
    expect(lines().map(namesIn)).toEqual([['wake_up_seconds'], ['rate_limit_wait_seconds']]);
  });

  it('are written before a metric has more times than CloudWatch takes', () => {
    const { counters, lines } = start();
    for (let turn = 0; turn < 250; turn++) counters.answeredAfter(1_000);
    counters.flush();
    expect(lines().map((line) => lengthOf(line.answer_seconds))).toEqual([100, 100, 50]);
  });

  it('are no more than the budget pays for, and each is counted', () => {
    const { counters, lines } = start();
    for (const outcome of ['answered', 'retried', 'buried', 'silent', 'lost'] as const)
      counters.turn(outcome);
    for (const outcome of ['sent', 'refused', 'unavailable', 'unknown', 'failed', 'repeated'] as const)
      counters.part(outcome);
    for (const stage of ['claimed', 'first_byte', 'written', 'first_part', 'delivered'] as const)
      counters.turnStage(stage, 1);
    for (const measure of [counters.assistantTook, counters.answeredAfter, counters.wakeUpAge]) measure(1);
    counters.rateLimitWait('number', 1);
    counters.tokens({ inputTokens: 1, outputTokens: 1 });
    counters.flush();
    const names = namesIn(lines()[0]) ?? [];
    expect(names.toSorted()).toEqual(Object.keys(EMBEDDED_METRICS).toSorted());
    expect(names.length).toBeLessThanOrEqual(BUDGET);
  });
});

function lengthOf(values: unknown): number {
  return Array.isArray(values) ? values.length : 0;
}
