import { setTimeout as sleep } from 'node:timers/promises';
import { type DiagLogger, DiagLogLevel, diag } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, RandomIdGenerator, TracerProvider } from '@opentelemetry/sdk-trace';
import { oncePerMinute } from '../log/once-per-minute.ts';
import type { Log } from '../log.ts';
import type { Tracer } from '../ports/tracer.ts';
import { createSpanTracer } from './spans.ts';
import type { TraceIds } from './trace-ids.ts';

const NAME = 'ansari-whatsapp';
const EXPORT_TIMEOUT_MS = 5_000;
/** An invocation of Lambda is paid for. */
const MAX_WAIT_MS = 1_000;

export interface OtlpOptions {
  /** `OTEL_EXPORTER_OTLP_ENDPOINT`: `/v1/traces` is appended (OpenTelemetry, "OTLP exporter configuration"). */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly attributes: {
    readonly deployment: string;
    readonly version: string;
    readonly program: 'web' | 'worker';
  };
  readonly log: Pick<Log, 'warn'>;
  readonly hash: (identity: string) => string;
  readonly now: () => number;
}

export interface SpanExport {
  readonly tracer: Tracer;
  /** Resolves when what was recorded is exported, or could not be; at the latest after a second. Never rejects. */
  flush(): Promise<void>;
  /** As `flush`, at the latest after 5 seconds. */
  close(): Promise<void>;
}

/**
 * Exports the steps as OpenTelemetry traces over OTLP/HTTP. Spans are sent in batches; when the collector is away, at most
 * 2,048 wait, and more are dropped. It never delays or fails a turn; a failure is logged once a minute.
 */
export function createSpanExport({ endpoint, headers, attributes, log, hash, now }: OtlpOptions): SpanExport {
  reportFailures(log, now);
  const ids = new ChosenIds();
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
    headers: { ...headers },
    timeoutMillis: EXPORT_TIMEOUT_MS,
  });
  const provider = new TracerProvider({
    idGenerator: ids,
    forceFlushTimeoutMillis: EXPORT_TIMEOUT_MS,
    spanProcessors: [new BatchSpanProcessor({ exporter, exportTimeoutMillis: EXPORT_TIMEOUT_MS })],
    // Names of the semantic conventions for resources.
    resource: resourceFromAttributes({
      'service.namespace': NAME,
      'service.name': `${NAME}-${attributes.program}`,
      'service.version': attributes.version,
      'deployment.environment.name': attributes.deployment,
    }),
  });
  const failed = (error: unknown) => diag.error('traces', error);
  return {
    tracer: createSpanTracer({ otel: provider.getTracer(NAME), withIds: ids.with, hash, now }),
    flush: () => briefly(provider.forceFlush().catch(failed)),
    close: () => provider.shutdown().catch(failed),
  };
}

/** Resolves with the export, or without it: what is under way goes on. */
function briefly(exported: Promise<void>): Promise<void> {
  return Promise.race([exported, sleep(MAX_WAIT_MS, undefined, { ref: false })]);
}

/** Random ids, but for a span that is started by `with`. */
class ChosenIds extends RandomIdGenerator {
  #next: TraceIds | undefined;

  constructor() {
    super();
    const { generateTraceId, generateSpanId } = this;
    this.generateTraceId = () => this.#next?.traceId ?? generateTraceId();
    this.generateSpanId = () => this.#next?.spanId ?? generateSpanId();
  }

  readonly with = <T>(ids: TraceIds, start: () => T): T => {
    this.#next = ids;
    try {
      return start();
    } finally {
      this.#next = undefined;
    }
  };
}

/** The exporter reports through the SDK's own logger, which is silent by default. */
function reportFailures(log: Pick<Log, 'warn'>, now: () => number): void {
  const countToLog = oncePerMinute(now);
  const report = (detail: string): void => {
    const count = countToLog('traces');
    if (count !== undefined) log.warn('traces are not exported for now', { detail, count });
  };
  const silent = (): void => {};
  const logger: DiagLogger = { error: report, warn: report, info: silent, debug: silent, verbose: silent };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
}
