import type { Clock } from '../ports/clock.ts';

/**
 * Runs a task now and then repeatedly, `everyMs` after the end of the previous run. A failure is passed to `onError` and does
 * not stop the repetition. `stop` resolves once no run is in progress.
 */
export function repeatEvery(
  everyMs: number,
  clock: Clock,
  task: () => Promise<unknown>,
  onError: (error: unknown) => void,
): { stop(): Promise<void> } {
  const stopped = new AbortController();
  const running = (async () => {
    while (!stopped.signal.aborted) {
      await task().catch(onError);
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
