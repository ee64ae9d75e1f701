import type { HandOffs } from '../ports/hand-offs.ts';

/** Delivers each event to all of them. When one fails, the event is delivered again to every one. */
export function toAll(targets: readonly HandOffs[]): HandOffs {
  return {
    async deliver(event, signal) {
      const results = await Promise.allSettled(targets.map((target) => target.deliver(event, signal)));
      const failure = results.find((result) => result.status === 'rejected');
      if (failure !== undefined) throw failure.reason;
    },
  };
}
