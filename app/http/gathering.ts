/**
 * A promise for the end of this turn of the event loop, shared by all who ask in it. Those who wait for it go on
 * together, step by step, and the processor finds each step's code in its cache: under load that takes two thirds of what
 * a delivery costs beyond the floor (docs/performance.md). Nobody waits for who comes later.
 */
export function createGathering(): () => Promise<void> {
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
