import type { Counters } from '../metrics.ts';
import type { Assistant } from '../ports/assistant.ts';

/** Returns the assistant with its response time measured. */
export function observeAssistant(
  assistant: Assistant,
  { metrics, now }: { readonly metrics: Counters; readonly now: () => number },
): Assistant {
  return {
    ...assistant,
    async answer(...args) {
      const startedAt = now();
      try {
        return await assistant.answer(...args);
      } finally {
        metrics.assistantTook(now() - startedAt);
      }
    },
  };
}
