import { z } from 'zod';
import { hasVisibleText } from '../domain/visible.ts';
import type { ThreadEnd } from '../ports/assistant.ts';

/**
 * `GET threads/{id}/history` (ansari-backend: `AnsariDB.convert_message`). Calls of tools and their results stand between
 * a question and its answer: each with its content as a list of blocks, unless the model wrote words beside the call.
 */
export const history = z.object({
  messages: z.array(z.object({ role: z.string(), content: z.unknown() })),
});
type Entry = z.infer<typeof history>['messages'][number];

/**
 * What ansari-backend stores as the answer when its model failed (`AnsariClaude.process_message_history`, and its older
 * sentence for a model that goes round in circles). None of it is streamed.
 */
const GAVE_UP = [
  'I encountered a problem processing your request. Please try again or rephrase your question.',
  'I got stuck in a loop. Please rephrase your question.',
];

/** How the thread stands with regard to this question. */
export function endOf(entries: readonly Entry[], question: string): ThreadEnd {
  const questions = entries.filter(isQuestion).length;
  const asked = entries.findLastIndex(isQuestion);
  if (asked === -1 || !isSame(entries[asked], question) || !isAfterAnEnd(entries, asked, question)) {
    return { questions, last: 'other' };
  }
  const after = entries.slice(asked + 1);
  const last = after.at(-1);
  if (last?.role !== 'assistant' || typeof last.content !== 'string') return { questions, last: 'open' };
  if (isFailure(last.content)) return { questions, last: 'failed' };
  const words = after
    .filter(({ role }) => role === 'assistant')
    .flatMap(({ content }) => (typeof content === 'string' && hasVisibleText(content) ? [content] : []));
  return { questions, last: 'answered', answer: words.join('\n\n') };
}

function isQuestion({ role, content }: Entry): boolean {
  return role === 'user' && typeof content === 'string';
}

function isSame(entry: Entry | undefined, question: string): boolean {
  return typeof entry?.content === 'string' && plain(entry.content) === plain(question);
}

function plain(text: string): string {
  return text.normalize().trim();
}

/**
 * Whether what was asked before had its answer, or has the same words. An answer that is still being written to another
 * question would come after this one, and look like its own.
 */
function isAfterAnEnd(entries: readonly Entry[], asked: number, question: string): boolean {
  const before = entries.slice(0, asked).findLast((entry) => !isQuestion(entry) || !isSame(entry, question));
  return before === undefined || (before.role === 'assistant' && typeof before.content === 'string');
}

function isFailure(content: string): boolean {
  return !hasVisibleText(content) || GAVE_UP.includes(content.trim());
}
