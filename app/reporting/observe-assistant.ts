import type { TokenUsage } from '../domain/usage.ts';
import type { Counters } from '../metrics.ts';
import type { Assistant } from '../ports/assistant.ts';

/** Returns the assistant with its response time measured and its tokens counted. */
export function observeAssistant(
  assistant: Assistant,
  { metrics, now }: { readonly metrics: Counters; readonly now: () => number },
): Assistant {
  const count = (usage: TokenUsage | undefined) => {
    if (usage !== undefined) metrics.tokens(usage);
  };
  return {
    ...assistant,
    async answer(...args) {
      const startedAt = now();
      try {
        const answer = await assistant.answer(...args);
        count(answer.usage);
        return answer;
      } finally {
        metrics.assistantTook(now() - startedAt);
      }
    },
    /** The answer of an earlier attempt may be repaired now. */
    async threadEnd(...args) {
      const end = await assistant.threadEnd(...args);
      if (end.last === 'answered') count(end.answer.usage);
      return end;
    },
  };
}
