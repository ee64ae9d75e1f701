import type { Clock } from '../ports/clock.ts';

/** WhatsApp removes the indicator after 25 seconds (Meta, "Typing indicators"). */
const REFRESH_MS = 20_000;

export interface Typing {
  /** Resolves once no call is under way that could still show the indicator. Idempotent. */
  stop(): Promise<void>;
}

/** Shows the typing indicator until stopped. Best effort: errors are ignored. */
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
