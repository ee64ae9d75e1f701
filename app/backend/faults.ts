import { Readable } from 'node:stream';
import type { Middleware } from 'koa';
import type { Clock } from '../ports/clock.ts';

type Fault =
  /** Responds with this status at once. */
  | { readonly kind: 'status'; readonly status: number; readonly retryAfterSeconds?: number }
  /** Waits before the first byte. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** Responds, and breaks the connection after this many bytes of the body. */
  | { readonly kind: 'cut'; readonly afterBytes: number };

/** Injected faults for tests, an option of the backend. No request can cause them. */
export interface Faults {
  /** The probability of a fault, from 0 to 1. */
  readonly chance: number;
  /** Returns a number in [0, 1). Called once for the decision and once for the kind of fault. */
  readonly random: () => number;
  /** Equally likely. */
  readonly kinds: readonly Fault[];
}

export function failSometimes({ chance, random, kinds }: Faults, clock: Pick<Clock, 'sleep'>): Middleware {
  return async function failSometimes(ctx, next) {
    const fault = random() < chance ? kinds[Math.floor(random() * kinds.length)] : undefined;
    if (fault?.kind === 'status') {
      if (fault.retryAfterSeconds !== undefined) ctx.set('Retry-After', String(fault.retryAfterSeconds));
      ctx.throw(fault.status, 'an injected fault');
    }
    if (fault?.kind === 'delay') {
      const closed = new AbortController();
      ctx.res.once('close', () => closed.abort());
      await clock.sleep(fault.ms, closed.signal);
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

/** Fails after this many bytes. A stream error breaks the connection, so that the client notices the cut. */
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
