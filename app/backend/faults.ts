import { Readable } from 'node:stream';
import type { Middleware } from 'koa';
import type { Clock } from '../ports/clock.ts';

type Fault =
  /** Answers this status at once. */
  | { readonly kind: 'status'; readonly status: number; readonly retryAfterSeconds?: number }
  /** Waits before the first byte. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** Answers, and drops the connection after this many bytes of the body. */
  | { readonly kind: 'cut'; readonly afterBytes: number };

/** Faults for tests, given when the backend is made. No request can bring them about. */
export interface Faults {
  /** How likely a call is to fail, from 0 to 1. */
  readonly chance: number;
  /** A number from 0 up to, but not, 1. Asked whether to fail, then how. */
  readonly random: () => number;
  /** Each as likely as the others. */
  readonly kinds: readonly Fault[];
}

export function failSometimes({ chance, random, kinds }: Faults, clock: Pick<Clock, 'sleep'>): Middleware {
  return async function failSometimes(ctx, next) {
    const fault = random() < chance ? kinds[Math.floor(random() * kinds.length)] : undefined;
    if (fault?.kind === 'status') {
      if (fault.retryAfterSeconds !== undefined) ctx.set('Retry-After', String(fault.retryAfterSeconds));
      ctx.throw(fault.status, 'a fault on purpose');
    }
    if (fault?.kind === 'delay') {
      const gone = new AbortController();
      ctx.res.once('close', () => gone.abort());
      await clock.sleep(fault.ms, gone.signal);
    }
    await next();
    if (fault?.kind === 'cut') {
      const body: unknown = ctx.body;
      const whole = body instanceof Readable ? body : Readable.from([JSON.stringify(body)]);
      const { type } = ctx.response;
      ctx.remove('Content-Length');
      ctx.body = Readable.from(cut(whole, fault.afterBytes));
      if (type === '') ctx.remove('Content-Type');
      else ctx.type = type;
    }
  };
}

/** Fails after so many bytes; a stream that fails breaks the connection, so the client sees that it was cut. */
async function* cut(pieces: AsyncIterable<unknown>, afterBytes: number): AsyncGenerator<Buffer, void, void> {
  let left = afterBytes;
  for await (const piece of pieces) {
    const bytes = Buffer.from(String(piece));
    if (bytes.length > left) {
      if (left > 0) yield bytes.subarray(0, left);
      break;
    }
    left -= bytes.length;
    yield bytes;
  }
  throw new Error('cut on purpose');
}
