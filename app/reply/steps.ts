/** Runs a stepwise generator to its end without pauses. Returns its result. */
export function resultOf<T>(work: Generator<unknown, T>): T {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}
