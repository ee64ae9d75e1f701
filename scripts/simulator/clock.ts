/** The time of the simulator, which can be moved forward. */
export interface MovableClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** By how much it is ahead. */
  offsetMs(): number;
  move(byMs: number): void;
}

export function createMovableClock(now: () => number, initialOffsetMs = 0): MovableClock {
  let offsetMs = initialOffsetMs;
  return {
    now: () => now() + offsetMs,
    offsetMs: () => offsetMs,
    move(byMs) {
      offsetMs += byMs;
    },
  };
}
