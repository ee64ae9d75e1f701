/** A life of a process: it ends at one of its calls to the world, just before the call has its effect or just after. */
export interface Life {
  /** Resolves when the process is dead. */
  readonly died: Promise<void>;
  /** The same thing, seen by this process: nothing comes back from any of its calls once it is dead. */
  lived<T extends object>(thing: T, ...synchronous: readonly (keyof T)[]): T;
}

/** `callsLeft`: which call is the last one, counted over everything the process touches; 0: it lives for ever. */
export function beginLife(callsLeft: number, seesEffect: boolean): Life {
  let left = callsLeft;
  let dead = false;
  const never = new Promise<never>(() => {});
  let die = () => {};
  const died = new Promise<void>((resolve) => {
    die = () => {
      dead = true;
      resolve();
    };
  });

  async function cross(call: () => unknown): Promise<unknown> {
    if (dead) return never;
    left -= 1;
    const isLast = left === 0;
    if (isLast && !seesEffect) die();
    if (dead) return never;
    try {
      return await call();
    } finally {
      if (isLast) die();
      // Whatever came of the call, nobody is there any more to see it.
      if (dead) await never;
    }
  }

  return {
    died,
    lived: (thing, ...synchronous) =>
      new Proxy(thing, {
        get(target, name, receiver) {
          const value: unknown = Reflect.get(target, name, receiver);
          if (typeof value !== 'function' || synchronous.some((kept) => kept === name)) return value;
          return (...values: unknown[]) => cross(() => Reflect.apply(value, target, values));
        },
      }),
  };
}
