/** Runs work that is done in steps to its end, without a pause. */
export function resultOf<T>(work: Generator<unknown, T>): T {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}
