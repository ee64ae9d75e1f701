import { systemClock as clock } from '../clock.ts';
import { createWork, type WorkRules } from '../conversation/work.ts';
import type { Counters } from '../metrics.ts';
import type { Tracer } from '../ports/tracer.ts';
import { countUnknownSends } from '../reporting/count-unknown-sends.ts';
import { withCurrentTurn } from '../tracing/current-turn.ts';
import { traceTurns } from '../tracing/trace-store.ts';

type Work = ReturnType<typeof createWork>;
type Ports = Omit<Parameters<typeof createWork>[0], 'clock' | 'jitter'>;

interface Observed {
  readonly metrics: Counters;
  readonly tracer: Tracer;
  readonly now: () => number;
}

/** Returns what a wake-up calls, as `createWork` does, with the steps of its turn traced and its sends in doubt counted. */
export function observedWork({ store, ...ports }: Ports, rules: WorkRules, observed: Observed): Work {
  const traced = traceTurns(countUnknownSends(store, observed.metrics), observed);
  const work = createWork({ ...ports, store: traced, clock, jitter: Math.random }, rules);
  return (...args) => withCurrentTurn(() => work(...args));
}
