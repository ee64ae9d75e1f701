export interface Timers {
  /** Calls `then` once, after `ms`, unless everything was stopped before. */
  after(ms: number, then: () => void): void;
  stop(): void;
}

/** Everything that will happen later, so that closing leaves nothing behind. */
export function createTimers(): Timers {
  const running = new Set<NodeJS.Timeout>();
  let stopped = false;
  return {
    after(ms, then) {
      if (stopped) return;
      const timer = setTimeout(() => {
        running.delete(timer);
        then();
      }, ms);
      running.add(timer);
    },
    stop() {
      stopped = true;
      for (const timer of running) clearTimeout(timer);
      running.clear();
    },
  };
}
