/**
 * Leaves the assistant alone while it refuses all of us. Without this, everybody who waits would knock again and again at
 * a door that only an operator can open.
 */
import { Unavailable } from '../domain/errors.ts';
import type { Assistant } from '../ports/assistant.ts';
import type { Clock } from '../ports/clock.ts';
import { type Backoff, backoffDelayMs, Cooldowns } from '../resilience/cooldowns.ts';

/** The longest is shorter than the five minutes that an alarm looks back, so that it keeps ringing. */
const BACKOFF: Backoff = { firstMs: 2_000, factor: 2, maxMs: 240_000 };
/** A refusal comes at once. Who has not been refused for so long was let in, and waits for words. */
const REFUSED_WITHIN_MS = 5_000;

const EVERYBODY = 'everybody';

/** One person asks, to learn for the others whether the assistant takes questions again. */
interface Probe {
  readonly assistantUserId: string;
  readonly ended: AbortController;
}

/**
 * Asks as the assistant does, until it fails with the scope `app`. One person refused may be the one with the odd
 * question: that person rests. Two in a row, with no answer to anybody between them, and everybody rests: then nobody is
 * asked for, and calls throw what it said with the rest that remains. After the rest one person tries; the others wait for
 * a moment to see how that ends. An answer opens at once.
 *
 * Somebody who is refused although others have been answered since the last time is alone with it, where an operator
 * would have to mend it for all: that failure is thrown with the scope `turn`, so that it ends.
 */
export function withCircuitBreaker(assistant: Assistant, clock: Clock): Assistant {
  const cooldowns = new Cooldowns();
  /** Who was refused since the last answer, and who had been when it came. */
  let refused = new Set<string>();
  let alone = new Set<string>();
  let refusedAt = -Infinity;
  let isInDoubt = false;
  let probe: Probe | undefined;

  async function through<T>(
    assistantUserId: string,
    signal: AbortSignal,
    call: () => Promise<T>,
  ): Promise<T> {
    await admission(assistantUserId, signal);
    try {
      return await call();
    } catch (error) {
      const failure =
        error instanceof Unavailable && error.scope === 'app' ? learn(assistantUserId, error) : error;
      if (probe?.assistantUserId === assistantUserId) end(probe);
      throw failure;
    }
  }

  /** Throws while there is a pause; waits while somebody else tries. */
  async function admission(assistantUserId: string, signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const now = clock.now();
      const cooldown = cooldowns.latest([EVERYBODY, `of ${assistantUserId}`], now);
      if (cooldown !== undefined) {
        const retryAfterMs = cooldown.until - now;
        throw new Unavailable('the assistant is left alone, since it refuses', {
          ...cooldown.why,
          retryAfterMs,
        });
      }
      if (!isInDoubt || probe?.assistantUserId === assistantUserId) return;
      if (probe === undefined) {
        probe = begin(assistantUserId);
        return;
      }
      await clock.sleep(REFUSED_WITHIN_MS, AbortSignal.any([signal, probe.ended.signal])).catch(() => {});
    }
  }

  function begin(assistantUserId: string): Probe {
    const begun = { assistantUserId, ended: new AbortController() };
    const letIn = () => {
      isInDoubt = false;
      end(begun);
    };
    void clock.sleep(REFUSED_WITHIN_MS, begun.ended.signal).then(letIn, () => {});
    return begun;
  }

  function end(ending: Probe): void {
    if (probe === ending) probe = undefined;
    ending.ended.abort(new Error('the probe has ended'));
  }

  function learn(assistantUserId: string, failure: Unavailable): Unavailable {
    const { message, code, cause, alarm } = failure;
    const now = clock.now();
    refusedAt = now;
    refused.add(assistantUserId);
    if (alone.delete(assistantUserId) && alarm !== undefined) {
      return new Unavailable(`${message}, and for this person only`, { code, cause });
    }
    const keys = [`of ${assistantUserId}`, ...(refused.size > 1 ? [EVERYBODY] : [])];
    isInDoubt ||= keys.includes(EVERYBODY);
    for (const key of keys) {
      const delayMs = backoffDelayMs(BACKOFF, cooldowns.consecutive(key, now));
      cooldowns.start(key, Math.max(delayMs, failure.retryAfterMs ?? 0), failure, now);
    }
    return failure.withRetryAfter((cooldowns.latest(keys, now)?.until ?? now) - now);
  }

  function answered(assistantUserId: string, askedAt: number): void {
    const now = clock.now();
    for (const key of [EVERYBODY, `of ${assistantUserId}`]) cooldowns.reset(key, now);
    if (probe?.assistantUserId === assistantUserId) end(probe);
    // Asked before the last refusal, it says nothing about now.
    if (askedAt < refusedAt) return;
    isInDoubt = false;
    if (refused.size === 0) return;
    refused.delete(assistantUserId);
    alone = refused;
    refused = new Set();
  }

  return {
    register: (assistantUserId, language, signal) =>
      through(assistantUserId, signal, () => assistant.register(assistantUserId, language, signal)),
    registerAnew: (assistantUserId, language, signal) =>
      through(assistantUserId, signal, () => assistant.registerAnew(assistantUserId, language, signal)),
    lastThread: (assistantUserId, signal) =>
      through(assistantUserId, signal, () => assistant.lastThread(assistantUserId, signal)),
    openThread: (assistantUserId, title, signal) =>
      through(assistantUserId, signal, () => assistant.openThread(assistantUserId, title, signal)),
    threadEnd: (question, signal) =>
      through(question.assistantUserId, signal, () => assistant.threadEnd(question, signal)),
    answer: (question, signal) =>
      through(question.assistantUserId, signal, async () => {
        const askedAt = clock.now();
        const words = await assistant.answer(question, signal);
        answered(question.assistantUserId, askedAt);
        return words;
      }),
  };
}
