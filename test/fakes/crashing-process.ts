/** A process that crashes at one of its calls to its ports, just before the call has its effect or just after. */
export interface CrashingProcess {
  /** Resolves when the process has crashed. */
  readonly crashed: Promise<void>;
  /** Returns the same port for this process: after the crash, none of its calls returns. */
  wrap<T extends object>(port: T, ...synchronous: readonly (keyof T)[]): T;
}

/** `crashAt` is the number of the call at which it crashes, counted over all ports; 0: never. */
export function crashingProcess(crashAt: number, hasEffect: boolean): CrashingProcess {
  let left = crashAt;
  let hasCrashed = false;
  const never = new Promise<never>(() => {});
  let crash = () => {};
  const crashed = new Promise<void>((resolve) => {
    crash = () => {
      hasCrashed = true;
      resolve();
    };
  });

  async function makeCall(call: () => unknown): Promise<unknown> {
    if (hasCrashed) return never;
    left -= 1;
    const isLast = left === 0;
    if (isLast && !hasEffect) crash();
    if (hasCrashed) return never;
    try {
      return await call();
    } finally {
      if (isLast) crash();
      // The process has crashed, so it never sees the outcome.
      if (hasCrashed) await never;
    }
  }

  return {
    crashed,
    wrap: (port, ...synchronous) =>
      new Proxy(port, {
        get(target, name, receiver) {
          const value: unknown = Reflect.get(target, name, receiver);
          if (typeof value !== 'function' || synchronous.some((each) => each === name)) return value;
          return (...values: unknown[]) => makeCall(() => Reflect.apply(value, target, values));
        },
      }),
  };
}
