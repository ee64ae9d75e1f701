import type { Clock } from '../ports/clock.ts';

/** WhatsApp takes the indicator away after 25 seconds (Meta, "Typing indicators"). */
const REFRESH_MS = 20_000;

export interface Typing {
  /** Shows it no more. Resolves when no call is under way that could still show it; may be called again. */
  stop(): Promise<void>;
}

/** Shows that an answer is being written until stopped. Failing to show it is nobody's trouble. */
export function keepTyping(show: (signal: AbortSignal) => Promise<void>, clock: Clock): Typing {
  const stopped = new AbortController();
  const done = (async () => {
    while (!stopped.signal.aborted) {
      await show(stopped.signal).catch(() => {});
      await clock.sleep(REFRESH_MS, stopped.signal).catch(() => {});
    }
  })();
  return {
    stop() {
      stopped.abort(new Error('the turn has ended'));
      return done;
    },
  };
}
