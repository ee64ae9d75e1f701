/**
 * Circuit breaker: stops calling the assistant while it rejects every request, so that waiting conversations do not hammer
 * a failure that only an operator can fix.
 */
import { Unavailable } from '../domain/errors.ts';
import type { Assistant } from '../ports/assistant.ts';
import type { Clock } from '../ports/clock.ts';
import { type Backoff, backoffDelayMs, Cooldowns } from '../resilience/cooldowns.ts';

/** The maximum is below the alarm's period of five minutes, so that the alarm stays on while the failure lasts. */
const BACKOFF: Backoff = { firstMs: 2_000, factor: 2, maxMs: 240_000 };
/** A rejection comes at once. A request that is not rejected within this time was accepted, and its answer is on its way. */
const REJECTED_WITHIN_MS = 5_000;

const ALL_USERS = 'all';
const keyOf = (assistantUserId: string): string => `user ${assistantUserId}`;

/** The single request of the half-open state. Its outcome decides for all other users. */
interface Probe {
  readonly assistantUserId: string;
  readonly ended: AbortController;
}

/**
 * Wraps an assistant. Only failures with the scope `app` count as rejections.
 *
 * Closed: a rejection starts a cooldown for its user alone, since the cause may be that one question. A second user's
 * rejection without an answer in between opens the breaker. Open: nothing is called, and every call throws the last failure
 * with the remaining cooldown. Half-open, after the cooldown: one user's request is the probe, the others wait briefly for
 * its outcome. An answer closes the breaker at once.
 *
 * A user who is rejected again although others were answered since has a failure of their own, which no operator can fix
 * for all: it is thrown with the scope `turn`, so that its attempts count and it ends.
 */
export function withCircuitBreaker(assistant: Assistant, clock: Clock): Assistant {
  const cooldowns = new Cooldowns();
  /** Users rejected since the last answer. */
  let rejected = new Set<string>();
  /** Users who had been rejected when the last answer came. */
  let rejectedBefore = new Set<string>();
  let rejectedAt = -Infinity;
  /** Open or half-open. */
  let isTripped = false;
  let probe: Probe | undefined;

  async function guarded<T>(
    assistantUserId: string,
    signal: AbortSignal,
    call: () => Promise<T>,
  ): Promise<T> {
    await admit(assistantUserId, signal);
    try {
      return await call();
    } catch (error) {
      const failure =
        error instanceof Unavailable && error.scope === 'app'
          ? recordRejection(assistantUserId, error)
          : error;
      if (probe?.assistantUserId === assistantUserId) end(probe);
      throw failure;
    }
  }

  /** Throws during a cooldown; waits while another user's request is the probe. */
  async function admit(assistantUserId: string, signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const now = clock.now();
      const cooldown = cooldowns.latest([ALL_USERS, keyOf(assistantUserId)], now);
      if (cooldown !== undefined) {
        const retryAfterMs = cooldown.until - now;
        throw new Unavailable('the assistant is not called: it rejected the last requests', {
          ...cooldown.why,
          retryAfterMs,
        });
      }
      if (!isTripped || probe?.assistantUserId === assistantUserId) return;
      if (probe === undefined) {
        probe = begin(assistantUserId);
        return;
      }
      await clock.sleep(REJECTED_WITHIN_MS, AbortSignal.any([signal, probe.ended.signal])).catch(() => {});
    }
  }

  function begin(assistantUserId: string): Probe {
    const begun = { assistantUserId, ended: new AbortController() };
    const close = () => {
      isTripped = false;
      end(begun);
    };
    void clock.sleep(REJECTED_WITHIN_MS, begun.ended.signal).then(close, () => {});
    return begun;
  }

  function end(ending: Probe): void {
    if (probe === ending) probe = undefined;
    ending.ended.abort(new Error('the probe has ended'));
  }

  function recordRejection(assistantUserId: string, failure: Unavailable): Unavailable {
    const { message, code, cause, alarm } = failure;
    const now = clock.now();
    rejectedAt = now;
    rejected.add(assistantUserId);
    if (rejectedBefore.delete(assistantUserId) && alarm !== undefined) {
      return new Unavailable(`${message}, and for this person only`, { code, cause });
    }
    const keys = [keyOf(assistantUserId), ...(rejected.size > 1 ? [ALL_USERS] : [])];
    isTripped ||= keys.includes(ALL_USERS);
    for (const key of keys) {
      const delayMs = backoffDelayMs(BACKOFF, cooldowns.consecutive(key, now));
      cooldowns.start(key, Math.max(delayMs, failure.retryAfterMs ?? 0), failure, now);
    }
    return failure.withRetryAfter((cooldowns.latest(keys, now)?.until ?? now) - now);
  }

  function recordAnswer(assistantUserId: string, askedAt: number): void {
    const now = clock.now();
    for (const key of [ALL_USERS, keyOf(assistantUserId)]) cooldowns.reset(key, now);
    if (probe?.assistantUserId === assistantUserId) end(probe);
    // A question that was asked before the last rejection says nothing about the present.
    if (askedAt < rejectedAt) return;
    isTripped = false;
    if (rejected.size === 0) return;
    rejected.delete(assistantUserId);
    rejectedBefore = rejected;
    rejected = new Set();
  }

  return {
    register: (assistantUserId, language, signal) =>
      guarded(assistantUserId, signal, () => assistant.register(assistantUserId, language, signal)),
    registerAnew: (assistantUserId, language, signal) =>
      guarded(assistantUserId, signal, () => assistant.registerAnew(assistantUserId, language, signal)),
    lastThread: (assistantUserId, signal) =>
      guarded(assistantUserId, signal, () => assistant.lastThread(assistantUserId, signal)),
    openThread: (assistantUserId, title, signal) =>
      guarded(assistantUserId, signal, () => assistant.openThread(assistantUserId, title, signal)),
    threadEnd: (question, signal) =>
      guarded(question.assistantUserId, signal, () => assistant.threadEnd(question, signal)),
    earlierAnswer: (thread, signal) =>
      guarded(thread.assistantUserId, signal, () => assistant.earlierAnswer(thread, signal)),
    answer: (question, signal, onFirstByte) =>
      guarded(question.assistantUserId, signal, async () => {
        const askedAt = clock.now();
        const answer = await assistant.answer(question, signal, onFirstByte);
        recordAnswer(question.assistantUserId, askedAt);
        return answer;
      }),
  };
}
