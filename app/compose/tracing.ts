import { systemClock as clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import type { Tracer } from '../ports/tracer.ts';
import { createLogSteps } from '../tracing/log-steps.ts';
import { VERSION } from '../version.ts';

interface TracingOptions {
  readonly program: 'web' | 'worker';
  readonly log: Log;
  readonly hash: (identity: string) => string;
}

export interface Tracing {
  readonly tracer: Tracer;
  /** Resolves when what was recorded is exported, or could not be; never rejects. For a program that is about to be frozen. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Steps go to the log, and as spans to a collector where one is configured. */
export async function tracingFor(
  { telemetry, deployment }: Pick<Config, 'telemetry' | 'deployment'>,
  { program, log, hash }: TracingOptions,
): Promise<Tracing> {
  const lines = createLogSteps({ log, hash });
  if (telemetry === undefined) return { tracer: lines, flush: async () => {}, close: async () => {} };
  // Loaded on demand: most deployments have no collector.
  const { createSpanExport } = await import('../tracing/otlp.ts');
  const attributes = { deployment, program, version: VERSION };
  const { tracer, flush, close } = createSpanExport({ ...telemetry, attributes, log, hash, now: clock.now });
  return {
    tracer: {
      step(step) {
        lines.step(step);
        tracer.step(step);
      },
    },
    flush,
    close,
  };
}
