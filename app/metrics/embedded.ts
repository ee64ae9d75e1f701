import type { Counters } from '../metrics.ts';
import {
  EMBEDDED_DIMENSION,
  EMBEDDED_METRICS,
  EMBEDDED_NAMESPACE,
  type EmbeddedMetric,
} from './embedded-names.ts';
import { NO_METRICS } from './none.ts';

/** CloudWatch rejects a longer array ("Specification: Embedded metric format", target members). */
const MAX_VALUES = 100;

interface EmbeddedOptions {
  readonly environment: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Writes one line to a log of CloudWatch. */
  readonly write: (line: string) => void;
}

export interface EmbeddedCounters extends Counters {
  /** Writes a line with what was counted since the last one; none when nothing was. */
  flush(): void;
}

/**
 * Returns counters for a program that nobody scrapes. CloudWatch Logs makes metrics of their lines ("Specification: Embedded
 * metric format"), so it needs no permission but that of the log. A metric that was not counted is not in a line, since
 * CloudWatch would charge for it.
 */
export function createEmbeddedCounters({ environment, now, write }: EmbeddedOptions): EmbeddedCounters {
  let sums = new Map<EmbeddedMetric, number>();
  let samples = new Map<EmbeddedMetric, number[]>();

  function add(name: EmbeddedMetric, amount = 1): void {
    sums.set(name, (sums.get(name) ?? 0) + amount);
  }

  function observe(name: EmbeddedMetric, ms: number): void {
    const values = samples.get(name) ?? [];
    samples.set(name, values);
    values.push(ms / 1000);
    if (values.length === MAX_VALUES) flush();
  }

  function flush(): void {
    const values: Record<string, number | readonly number[]> = Object.fromEntries([...sums, ...samples]);
    const metrics = [...sums.keys(), ...samples.keys()];
    if (metrics.length === 0) return;
    sums = new Map();
    samples = new Map();
    const directive = {
      Namespace: EMBEDDED_NAMESPACE,
      Dimensions: [[EMBEDDED_DIMENSION]],
      Metrics: metrics.map((Name) => ({ Name, Unit: EMBEDDED_METRICS[Name] })),
    };
    const line = {
      _aws: { Timestamp: now(), CloudWatchMetrics: [directive] },
      event: 'metrics',
      [EMBEDDED_DIMENSION]: environment,
      ...values,
    };
    write(`${JSON.stringify(line)}\n`);
  }

  return {
    ...NO_METRICS,
    turn(outcome) {
      if (outcome === 'answered' || outcome === 'retried' || outcome === 'buried') add(`turns_${outcome}`);
    },
    part(outcome) {
      if (outcome !== 'failed') add(`parts_${outcome}`);
    },
    assistantTook: (ms) => observe('assistant_seconds', ms),
    answeredAfter: (ms) => observe('answer_seconds', ms),
    turnStage(stage, ms) {
      if (stage === 'first_byte') observe('first_byte_seconds', ms);
    },
    wakeUpAge: (ms) => observe('wake_up_seconds', ms),
    rateLimitWait: (_scope, ms) => observe('rate_limit_wait_seconds', ms),
    tokens({ inputTokens, outputTokens }) {
      add('assistant_input_tokens', inputTokens);
      add('assistant_output_tokens', outputTokens);
    },
    flush,
  };
}
