export interface Timers {
  /** Calls `then` once after `ms`, unless `stop` was called before. */
  after(ms: number, then: () => void): void;
  /** The clock was moved: calls what became due, in the order of its time, and shortens the other waits. */
  clockMoved(byMs: number): void;
  stop(): void;
}

interface Waiting {
  /** By `performance.now()`, less all moves of the clock. */
  dueAt: number;
  readonly then: () => void;
  timer: NodeJS.Timeout;
}

/** All timers of the simulator, so that closing leaves none behind. */
export function createTimers(): Timers {
  const waiting = new Set<Waiting>();
  let stopped = false;

  function start(one: Waiting): NodeJS.Timeout {
    return setTimeout(() => fire(one), Math.max(0, one.dueAt - performance.now()));
  }

  function fire(one: Waiting): void {
    waiting.delete(one);
    one.then();
  }

  return {
    after(ms, then) {
      if (stopped) return;
      const one: Waiting = { dueAt: performance.now() + ms, then, timer: setTimeout(() => fire(one), ms) };
      waiting.add(one);
    },
    clockMoved(byMs) {
      const due: Waiting[] = [];
      for (const one of waiting) {
        one.dueAt -= byMs;
        clearTimeout(one.timer);
        if (one.dueAt <= performance.now()) due.push(one);
        else one.timer = start(one);
      }
      for (const one of due.sort((a, b) => a.dueAt - b.dueAt)) if (!stopped) fire(one);
    },
    stop() {
      stopped = true;
      for (const { timer } of waiting) clearTimeout(timer);
      waiting.clear();
    },
  };
}
