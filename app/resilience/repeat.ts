import type { Clock } from '../ports/clock.ts';

/**
 * Does something at once and then again and again, `everyMs` after the last time ended. It goes on when it fails;
 * `failed` is told. `stop` resolves when nothing of it runs any more.
 */
export function repeatEvery(
  everyMs: number,
  clock: Clock,
  chore: () => Promise<unknown>,
  failed: (error: unknown) => void,
): { stop(): Promise<void> } {
  const stopped = new AbortController();
  const running = (async () => {
    while (!stopped.signal.aborted) {
      await chore().catch(failed);
      await clock.sleep(everyMs, stopped.signal).catch(() => {});
    }
  })();
  return {
    stop() {
      stopped.abort(new Error('stopped'));
      return running;
    },
  };
}
