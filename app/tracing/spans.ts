import {
  type Attributes,
  type Tracer as OtelTracer,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { LRUCache } from 'lru-cache';
import type { Step, Tracer } from '../ports/tracer.ts';
import { idsOfMessage, idsOfTurn, type TraceIds } from './trace-ids.ts';

/** More attempts at the same time than a process runs. The oldest of more is ended. */
const MAX_ATTEMPTS = 5_000;

interface SpanTracerOptions {
  readonly otel: OtelTracer;
  /** Calls `start`, whose span gets these ids and has no parent. */
  readonly withIds: <T>(ids: TraceIds, start: () => T) => T;
  readonly hash: (identity: string) => string;
  readonly now: () => number;
}

/** An attempt at a turn, and what has begun in it and not ended. */
interface Attempt {
  readonly root: Span;
  readonly open: Map<string, Span>;
}

/**
 * Returns a tracer that makes spans of the steps. A delivery is a trace of its own, to which the turn links, since a turn
 * answers several messages (OpenTelemetry, "Semantic conventions for messaging spans": batches). No span holds a text, a
 * number or an id of a platform.
 */
export function createSpanTracer({ otel, withIds, hash, now }: SpanTracerOptions): Tracer {
  const attempts = new LRUCache<string, Attempt>({ max: MAX_ATTEMPTS, dispose: end });

  function stored({ message = '', outcome, ms = 0 }: Step): void {
    const at = now();
    const options = {
      kind: SpanKind.CONSUMER,
      startTime: at - ms,
      attributes: { 'ansari.outcome': outcome ?? '' },
    };
    withIds(idsOfMessage(hash(message)), () => otel.startSpan('store a message', options, ROOT_CONTEXT)).end(
      at,
    );
  }

  function claimed({ turn = '', attempt = 1, conversation = '', message }: Step): void {
    let current = attempts.get(turn);
    if (current === undefined || !isOf(current.root, idsOfTurn(turn, attempt))) {
      attempts.delete(turn);
      const attributes = {
        'ansari.turn': turn,
        'ansari.attempt': attempt,
        'ansari.conversation': hash(conversation),
      };
      const options = { kind: SpanKind.CONSUMER, attributes };
      const root = withIds(idsOfTurn(turn, attempt), () =>
        otel.startSpan('answer a turn', options, ROOT_CONTEXT),
      );
      current = { root, open: new Map() };
      attempts.set(turn, current);
    }
    if (message !== undefined) {
      const context = { ...idsOfMessage(hash(message)), traceFlags: 1, isRemote: true };
      current.root.addLink({ context });
    }
  }

  function begin(step: Step, name: string, attributes: Attributes = {}): void {
    const attempt = attempts.get(step.turn ?? '');
    if (attempt === undefined) return;
    const options = { kind: SpanKind.CLIENT, attributes };
    attempt.open.set(keyOf(step), otel.startSpan(name, options, trace.setSpan(ROOT_CONTEXT, attempt.root)));
  }

  function finishOpen(step: Step, isFailure: boolean): void {
    const span = attempts.get(step.turn ?? '')?.open.get(keyOf(step));
    if (span === undefined) return;
    if (isFailure) fail(span, step.code ?? step.outcome);
    span.end();
    attempts.get(step.turn ?? '')?.open.delete(keyOf(step));
  }

  /** The web service knows the turn from the key of the part; the attempt is not known, so it hangs on the first one. */
  function status({ turn, part = 0, outcome = '', code }: Step): void {
    if (turn === undefined) return;
    const parent = { ...idsOfTurn(turn, 1), traceFlags: 1, isRemote: true };
    const attributes = { 'ansari.part': part, 'ansari.progress': outcome };
    const span = otel.startSpan(
      'status of a part',
      { attributes },
      trace.setSpanContext(ROOT_CONTEXT, parent),
    );
    if (outcome === 'failed') fail(span, code);
    span.end();
  }

  return {
    step(step) {
      const attempt = attempts.get(step.turn ?? '');
      switch (step.name) {
        case 'stored':
          return stored(step);
        case 'claimed':
          return claimed(step);
        case 'asked':
          return begin(step, 'ask the assistant');
        case 'first_byte':
          attempt?.open.get(keyOf(step))?.addEvent('first byte');
          return;
        case 'answered':
          return finishOpen(step, step.outcome !== undefined);
        case 'written':
          attempt?.root.addEvent('reply written', { 'ansari.parts': step.parts ?? 0 });
          return;
        case 'sending':
          return begin(step, 'send a part', { 'ansari.part': step.part ?? 0 });
        case 'sent':
        case 'not_sent':
          return finishOpen(step, step.name === 'not_sent');
        case 'status':
          return status(step);
        case 'given_up':
          if (attempt !== undefined) fail(attempt.root, 'given up');
          return;
        case 'released':
        case 'finished':
          attempt?.root.setAttribute('ansari.end', step.name);
          attempts.delete(step.turn ?? '');
          return;
        case 'woken':
          return;
      }
    },
  };
}

/** The assistant is asked once at a time, and each part has its position. */
function keyOf({ part }: Step): string {
  return part === undefined ? 'assistant' : `part ${part}`;
}

function isOf(span: Span, { spanId }: TraceIds): boolean {
  return span.spanContext().spanId === spanId;
}

function fail(span: Span, message: string | undefined): void {
  span.setStatus({ code: SpanStatusCode.ERROR, ...(message !== undefined && { message }) });
}

function end({ root, open }: Attempt): void {
  for (const span of open.values()) {
    fail(span, 'no outcome');
    span.end();
  }
  root.end();
}
