import { Refused, Unavailable } from '../domain/errors.ts';
import type { Assistant } from '../ports/assistant.ts';
import type { Tracer } from '../ports/tracer.ts';
import { currentTurn } from './current-turn.ts';

interface TraceOptions {
  readonly tracer: Tracer;
  readonly now: () => number;
}

/** Returns the assistant with a step for each question, its first byte and its answer. */
export function traceAssistant(assistant: Assistant, { tracer, now }: TraceOptions): Assistant {
  return {
    ...assistant,
    async answer(question, signal, onFirstByte) {
      const turn = currentTurn()?.turn;
      const askedAt = now();
      const after = () => now() - askedAt;
      tracer.step({ name: 'asked', turn });
      try {
        const answer = await assistant.answer(question, signal, () => {
          tracer.step({ name: 'first_byte', turn, ms: after() });
          onFirstByte?.();
        });
        tracer.step({ name: 'answered', turn, ms: after() });
        return answer;
      } catch (error) {
        tracer.step({ name: 'answered', turn, ...failureOf(error), ms: after() });
        throw error;
      }
    },
  };
}

function failureOf(error: unknown): { readonly outcome: string; readonly code?: string | undefined } {
  if (error instanceof Unavailable) return { outcome: 'unavailable', code: error.code };
  if (error instanceof Refused) return { outcome: 'refused', code: error.code };
  return { outcome: 'failed' };
}
