import { LeaseLost, Refused, Unavailable, Unknown } from '../domain/errors.ts';
import type { Turn } from '../domain/turn.ts';
import { backoffMs } from '../resilience/backoff.ts';

export type FailureDecision =
  | { readonly kind: 'lost' }
  | { readonly kind: 'again'; readonly inMs: number; readonly countAttempt: boolean }
  | { readonly kind: 'give-up'; readonly reason: string; readonly apologise: boolean };

export interface FailureRules {
  readonly maxAttempts: number;
  readonly reconcileMs: number;
}

/** What is to be done about a turn that failed, with its parts as they are now. `chance` in [0, 1) spreads the retries. */
export function judge(error: unknown, turn: Turn, rules: FailureRules, chance: number): FailureDecision {
  if (error instanceof LeaseLost) return { kind: 'lost' };
  if (error instanceof Refused) {
    // When the platform refuses our words to this person, an apology would be refused too.
    const apologise = turn.parts === undefined && error.code !== 'foreign-number';
    return { kind: 'give-up', reason: `refused: ${error.code ?? error.message}`, apologise };
  }
  if (error instanceof Unavailable && error.scope !== 'turn') {
    return {
      kind: 'again',
      inMs: error.retryAfterMs ?? backoffMs(timesOf(turn), chance),
      countAttempt: false,
    };
  }
  // What the last attempt sent may have arrived: it gets the time to say so.
  const maxLooks = rules.maxAttempts + (isUnderWay(turn) ? 1 : 0);
  if (turn.attempt >= maxLooks) {
    const apologise = turn.reopened !== true;
    return { kind: 'give-up', reason: `attempts: ${reasonOf(error)}`, apologise };
  }
  const delayMs = isUnderWay(turn) ? rules.reconcileMs : backoffMs(timesOf(turn), chance);
  const askedMs = error instanceof Unavailable ? (error.retryAfterMs ?? 0) : 0;
  return { kind: 'again', inMs: Math.max(delayMs, askedMs), countAttempt: true };
}

/** Attempts begin anew when a turn is reopened; the failed sends of its parts are counted on. */
function timesOf({ attempt, parts = [] }: Turn): number {
  return Math.max(attempt, ...parts.map(({ failures = [] }) => failures.length));
}

function isUnderWay({ parts = [] }: Turn): boolean {
  return parts.some(({ state }) => state === 'sending');
}

/** Short and without personal data: error messages of ours are, those of others are left out. */
function reasonOf(error: unknown): string {
  if (error instanceof Unavailable || error instanceof Unknown) return error.message;
  return error instanceof Error ? error.name : 'unknown';
}
