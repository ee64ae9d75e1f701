/** When what happens in a run, as shares of its time. */

export interface Load {
  readonly minutes: number;
  /** Deliveries a second. */
  readonly rate: number;
  readonly conversations: number;
}

export interface Schedule {
  readonly durationMs: number;
  readonly restartsAtMs: readonly number[];
  readonly outage: { readonly fromMs: number; readonly toMs: number };
  /** Memory and descriptors are compared between these two spans, in both of which one process runs under the same load. */
  readonly early: { readonly fromMs: number; readonly toMs: number };
  readonly late: { readonly fromMs: number; readonly toMs: number };
  /** Texts a second. The other deliveries are reactions, which get no answer; the statuses of replies come on top. */
  readonly textsPerSecond: number;
}

/**
 * Half of what Meta sends for one number in a second (`channels/meta/rate-limits.ts`): more could never be answered, and an
 * outage could not be caught up with.
 */
const MAX_TEXTS_PER_SECOND = 40;
const DELIVERIES_PER_TEXT = 5;

export function scheduleOf({ minutes, rate }: Load): Schedule {
  const durationMs = minutes * 60_000;
  const span = (from: number, to: number) => ({ fromMs: from * durationMs, toMs: to * durationMs });
  return {
    durationMs,
    restartsAtMs: [0.08 * durationMs, 0.16 * durationMs],
    outage: span(0.45, 0.65),
    early: span(0.3, 0.45),
    late: span(0.85, 1),
    textsPerSecond: Math.min(rate / DELIVERIES_PER_TEXT, MAX_TEXTS_PER_SECOND),
  };
}
