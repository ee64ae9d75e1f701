import type { Gauge } from '@prometheus-io/client';
import type { Backlog } from '../ports/store.ts';

/** How long a backlog is reused: a multiple of the time that reading it took, within these bounds. */
const BACKLOG_REUSE = { factor: 20, minMs: 250, maxMs: 10_000 };

interface BacklogOptions {
  readonly backlog: () => Promise<Backlog>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Registers the gauges of the backlog. Returns the function that reads it; a store that does not answer makes them absent. */
export function backlogGauges(
  gauge: (name: string, help: string) => Gauge,
  { backlog, now }: BacklogOptions,
): () => Promise<void> {
  const waiting = gauge('waiting_messages', 'Messages not yet answered');
  const oldest = gauge('oldest_waiting_seconds', 'Age of the oldest of them; 0 when none waits');
  const deadLetters = gauge('dead_letters', 'Turns that were given up and not sent back');
  const readable = gauge(
    'store_readable',
    '1 when the store told its backlog when it was asked last, else 0',
  );
  const sharedBacklog = shared(backlog, now);
  return async () => {
    try {
      const current = await sharedBacklog();
      waiting.set(current.waiting);
      oldest.set(current.oldestAt === undefined ? 0 : Math.max(0, now() - current.oldestAt) / 1000);
      deadLetters.set(current.deadLetters);
      readable.set(1);
    } catch {
      for (const stale of [waiting, oldest, deadLetters]) stale.remove();
      readable.set(0);
    }
  };
}

/**
 * Shares one read of the backlog between all callers while it runs and for some time after: the page may be public, and
 * the cost of the read grows with the backlog.
 */
function shared(backlog: () => Promise<Backlog>, now: () => number): () => Promise<Backlog> {
  let latest: Promise<Backlog> | undefined;
  let until = 0;
  return () => {
    if (latest !== undefined && now() < until) return latest;
    until = Number.POSITIVE_INFINITY;
    const startedAt = now();
    latest = backlog().finally(() => {
      const { factor, minMs, maxMs } = BACKLOG_REUSE;
      until = now() + Math.min(maxMs, Math.max(minMs, factor * (now() - startedAt)));
    });
    return latest;
  };
}
