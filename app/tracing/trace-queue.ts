import type { Queue } from '../ports/queue.ts';
import type { Tracer } from '../ports/tracer.ts';

/** Returns the queue with a step for each wake-up. */
export function traceWakeUps(queue: Queue, tracer: Tracer): Queue {
  return {
    ...queue,
    async wake(conversation, delayMs) {
      await queue.wake(conversation, delayMs);
      tracer.step({ name: 'woken', conversation, ms: delayMs });
    },
  };
}
