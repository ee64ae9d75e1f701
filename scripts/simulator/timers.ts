export interface Timers {
  /** Calls `then` once after `ms`, unless `stop` was called before. */
  after(ms: number, then: () => void): void;
  stop(): void;
}

/** All timers of the simulator, so that closing leaves none behind. */
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
