import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from 'koa';
import type { Counters } from './counters.ts';
import type { Fault, Faults, Target } from './faults.ts';

/** Faults with which a platform rejects a call. */
export type Rejection = Extract<Fault, { kind: 'throttled' | 'refuse' }>;

const BEFORE = ['throttled', 'refuse', 'cut'] as const;
const AFTER = ['lost', 'slow'] as const;

interface FaultyCall {
  readonly faults: Faults;
  readonly counters: Counters;
  readonly target: Target;
  /** Returns the error of the platform. */
  readonly errorOf: (fault: Rejection) => Error;
  /** Does what the call asks for. */
  readonly respond: () => void;
}

/** Responds with the faults that apply. Resets the connection itself where one asks for it; then nobody may respond. */
export async function callWithFaults(
  ctx: Context,
  { faults, counters, target, errorOf, respond }: FaultyCall,
): Promise<void> {
  const rejection = faults.draw(BEFORE, target);
  ctx.state.fault = rejection?.kind;
  if (rejection?.kind === 'cut') return reset();
  if (rejection) throw errorOf(rejection);
  respond();
  const fault = faults.draw(AFTER, target);
  ctx.state.fault = fault?.kind;
  if (fault?.kind === 'lost') return reset();
  if (fault) await sleep(fault.ms);

  /** The caller cannot know what happened. */
  function reset(): void {
    counters.unanswered += 1;
    ctx.respond = false;
    ctx.req.socket.resetAndDestroy();
  }
}
