/** As a shell reports a program that Ctrl-C ended. */
const EXIT_CODE = 130;
/** Longer than programs take that end by themselves. */
const PATIENCE_MS = 5_000;

const cleanUps = new Set<() => Promise<void> | void>();
let isEnding = false;

/**
 * Calls `cleanUp` when the command is interrupted (SIGINT, SIGTERM), before the process exits with 130; a second signal, or
 * five seconds, end it at once. Returns a function that takes the call back.
 */
export function onInterrupt(cleanUp: () => Promise<void> | void): () => void {
  if (cleanUps.size === 0) for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, interrupt);
  cleanUps.add(cleanUp);
  return () => {
    cleanUps.delete(cleanUp);
    if (cleanUps.size === 0)
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, interrupt);
  };
}

function interrupt(): void {
  if (isEnding) process.exit(EXIT_CODE);
  isEnding = true;
  setTimeout(() => process.exit(EXIT_CODE), PATIENCE_MS).unref();
  console.error('\nInterrupted.');
  void Promise.allSettled([...cleanUps].map(async (cleanUp) => cleanUp())).then(() =>
    process.exit(EXIT_CODE),
  );
}
