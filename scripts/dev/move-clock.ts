/**
 * Loaded into the app and the backend before their programs, and so into their worker threads: moves `Date.now()` and
 * `new Date()` forward by the milliseconds of an environment variable. Without it nothing changes. Timers stay as they are.
 */
import { clockOffsetMs } from '../simulator/clock-offset.ts';

const offsetMs = clockOffsetMs(process.env);

if (offsetMs > 0) {
  const machineNow = Date.now;
  const now = () => machineNow() + offsetMs;
  Date.now = now;
  globalThis.Date = new Proxy(Date, {
    apply: (target) => new target(now()).toString(),
    construct: (target, values, newTarget) =>
      Reflect.construct(target, values.length === 0 ? [now()] : values, newTarget),
  });
  Date.prototype.constructor = globalThis.Date;
}
