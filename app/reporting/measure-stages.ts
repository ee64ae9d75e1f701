import { LRUCache } from 'lru-cache';
import type { Counters, TurnStage } from '../metrics.ts';
import type { Step, StepName, Tracer } from '../ports/tracer.ts';

/** Turns that are measured at the same time, each until its reply is delivered. The oldest of more are forgotten, unmeasured. */
const MAX_TURNS = 10_000;

const STAGES: Partial<Record<StepName, TurnStage>> = {
  first_byte: 'first_byte',
  written: 'written',
  sent: 'first_part',
};

interface Measured {
  /** When its oldest message was sent, by the platform's clock: milliseconds since 1970. */
  oldestAt: number;
  claimedAt: number;
  readonly done: Set<TurnStage>;
}

/**
 * Returns a tracer that measures how long turns take to each of their stages, once for each turn. A stage that another process
 * reaches is measured there, if that process claimed the turn; so `delivered`, which the web service learns, is measured only
 * where one process receives statuses and works on turns.
 */
export function measureStages({
  metrics,
  now,
}: {
  readonly metrics: Pick<Counters, 'turnStage'>;
  readonly now: () => number;
}): Tracer {
  const turns = new LRUCache<string, Measured>({ max: MAX_TURNS });

  /** There is one step for each message of a turn. */
  function claimed({ sentAt, attempt = 1 }: Step, turn: string): void {
    if (sentAt === undefined) return;
    const measured = turns.get(turn);
    if (measured !== undefined) measured.oldestAt = Math.min(measured.oldestAt, sentAt);
    // A later attempt was claimed before.
    else
      turns.set(turn, { oldestAt: sentAt, claimedAt: now(), done: new Set(attempt > 1 ? ['claimed'] : []) });
  }

  function reach(stage: TurnStage, measured: Measured, at: number): void {
    if (measured.done.has(stage)) return;
    measured.done.add(stage);
    metrics.turnStage(stage, Math.max(0, at - measured.oldestAt));
  }

  return {
    step(step) {
      const { name, turn, outcome } = step;
      if (turn === undefined) return;
      if (name === 'claimed') return claimed(step, turn);
      const measured = turns.get(turn);
      if (measured === undefined) return;
      // Only now are all messages of the turn known.
      reach('claimed', measured, measured.claimedAt);
      const stage = STAGES[name];
      if (stage !== undefined) reach(stage, measured, now());
      if (name === 'status' && (outcome === 'delivered' || outcome === 'read'))
        reach('delivered', measured, now());
    },
  };
}
