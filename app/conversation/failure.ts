import { LeaseLost, OUTSIDE_WINDOW, Refused, Unavailable, Unknown } from '../domain/errors.ts';
import type { Turn } from '../domain/turn.ts';
import { backoffMs } from '../resilience/backoff.ts';

export type FailureDecision =
  | { readonly kind: 'lost' }
  | { readonly kind: 'retry'; readonly delayMs: number; readonly countAttempt: boolean }
  | { readonly kind: 'give-up'; readonly reason: string; readonly apology: Apology };

/** What the person gets for a turn that is given up. `words`: our phrase. `template`: that of the business, if it has one. */
export type Apology = 'none' | 'words' | 'template';

export interface FailureRules {
  readonly maxAttempts: number;
  readonly reconcileMs: number;
}

/** Delay after a failure that only an operator can fix. Its attempts do not count, so no back-off would grow. */
const OPERATOR_MS = 60_000;

/**
 * Decides what to do about a failed turn, given its parts as they are now. `jitter` in [0, 1) spreads the retries. Pure.
 */
export function decide(error: unknown, turn: Turn, rules: FailureRules, jitter: number): FailureDecision {
  if (error instanceof LeaseLost) return { kind: 'lost' };
  if (error instanceof Refused) {
    return {
      kind: 'give-up',
      reason: `refused: ${error.code ?? error.message}`,
      apology: apologyFor(error, turn),
    };
  }
  if (error instanceof Unavailable && error.scope !== 'turn') {
    return {
      kind: 'retry',
      delayMs:
        error.retryAfterMs ?? (error.alarm === undefined ? backoffMs(failuresOf(turn), jitter) : OPERATOR_MS),
      countAttempt: false,
    };
  }
  // The send of the last attempt may have succeeded: one more look waits for its status.
  const maxLooks = rules.maxAttempts + (isUnderWay(turn) ? 1 : 0);
  if (turn.attempt >= maxLooks) {
    const apology = turn.reopened ? 'none' : 'words';
    return { kind: 'give-up', reason: `attempts: ${reasonOf(error)}`, apology };
  }
  const delayMs = isUnderWay(turn) ? rules.reconcileMs : backoffMs(failuresOf(turn), jitter);
  const requestedMs = error instanceof Unavailable ? (error.retryAfterMs ?? 0) : 0;
  return { kind: 'retry', delayMs: Math.max(delayMs, requestedMs), countAttempt: true };
}

/** When the platform refuses a part to this person, it would refuse the apology too. */
function apologyFor({ code }: Refused, { parts, reopened }: Turn): Apology {
  if (code === OUTSIDE_WINDOW) return reopened ? 'none' : 'template';
  return parts === undefined && code !== 'foreign-number' ? 'words' : 'none';
}

/** Attempts restart at 1 when a turn is reopened; the failed sends of its parts keep their count. */
function failuresOf({ attempt, parts = [] }: Turn): number {
  return Math.max(attempt, ...parts.map(({ failures = [] }) => failures.length));
}

function isUnderWay({ parts = [] }: Turn): boolean {
  return parts.some(({ state }) => state === 'sending');
}

/** Only the messages of our own errors: those of others may hold personal data. */
function reasonOf(error: unknown): string {
  if (error instanceof Unavailable || error instanceof Unknown) return error.message;
  return error instanceof Error ? error.name : 'unknown';
}
