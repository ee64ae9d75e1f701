/**
 * Returns one promise per event-loop tick, shared by every caller in that tick. Callers that wait for it go on together,
 * step by step, and the processor finds each step's code in its cache: under load that takes two thirds of what a delivery
 * costs beyond the floor (docs/performance.md). It does not wait for later callers.
 */
export function createTickBarrier(): () => Promise<void> {
  let end: Promise<void> | undefined;
  return () => {
    end ??= new Promise((resolve) => {
      setImmediate(() => {
        end = undefined;
        resolve();
      });
    });
    return end;
  };
}
