import { systemClock as clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import type { Counters } from '../metrics.ts';
import type { Tracer } from '../ports/tracer.ts';
import { measureStages } from '../reporting/measure-stages.ts';
import { createLogSteps } from '../tracing/log-steps.ts';
import { VERSION } from '../version.ts';

/** Steps are lines of the level `info`. */
const LOGS_STEPS: ReadonlySet<Config['logLevel']> = new Set(['trace', 'debug', 'info']);

interface TracingOptions {
  readonly program: 'web' | 'worker';
  readonly log: Log;
  readonly hash: (identity: string) => string;
  readonly metrics: Counters;
}

export interface Tracing {
  readonly tracer: Tracer;
  /** Resolves when what was recorded is exported, or could not be; never rejects. For a program that is about to be frozen. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Steps go to the log and are measured; they go as spans to a collector where one is configured. */
export async function tracingFor(
  { telemetry, deployment, logLevel }: Pick<Config, 'telemetry' | 'deployment' | 'logLevel'>,
  { program, log, hash, metrics }: TracingOptions,
): Promise<Tracing> {
  const own = [
    measureStages({ metrics, now: clock.now }),
    // A delivery would wait for lines and hashes that nobody gets.
    ...(LOGS_STEPS.has(logLevel) ? [createLogSteps({ log, hash })] : []),
  ];
  if (telemetry === undefined) return { tracer: toAll(own), flush: async () => {}, close: async () => {} };
  // Loaded on demand: most deployments have no collector.
  const { createSpanExport } = await import('../tracing/otlp.ts');
  const attributes = { deployment, program, version: VERSION };
  const { tracer, flush, close } = createSpanExport({ ...telemetry, attributes, log, hash, now: clock.now });
  return { tracer: toAll([...own, tracer]), flush, close };
}

function toAll(tracers: readonly Tracer[]): Tracer {
  return {
    step(step) {
      for (const tracer of tracers) tracer.step(step);
    },
  };
}
