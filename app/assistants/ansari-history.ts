import { z } from 'zod';
import { hasVisibleText } from '../domain/visible.ts';
import type { ThreadEnd } from '../ports/assistant.ts';

/**
 * `GET threads/{id}/history` (ansari-backend: `AnsariDB.convert_message`). Tool calls and their results are between a
 * question and its answer. Their content is a list of blocks, or a string if the model wrote text beside the call.
 */
export const history = z.object({
  messages: z.array(z.object({ role: z.string(), content: z.unknown() })),
});
type Entry = z.infer<typeof history>['messages'][number];

/**
 * What ansari-backend stores as the answer when its model failed (`AnsariClaude.process_message_history`; the second one is
 * its older sentence for a model in a loop). Neither is streamed.
 */
const GAVE_UP = [
  'I encountered a problem processing your request. Please try again or rephrase your question.',
  'I got stuck in a loop. Please rephrase your question.',
];

/** Returns the state of the thread's newest question, compared with this one. */
export function endOf(entries: readonly Entry[], question: string): ThreadEnd {
  const questions = entries.filter(isQuestion).length;
  const asked = entries.findLastIndex(isQuestion);
  if (asked === -1 || !isSame(entries[asked], question) || !followsAnAnswer(entries, asked, question)) {
    return { questions, last: 'other' };
  }
  const after = entries.slice(asked + 1);
  const last = after.at(-1);
  if (last?.role !== 'assistant' || typeof last.content !== 'string') return { questions, last: 'open' };
  if (isFailure(last.content)) return { questions, last: 'failed' };
  const texts = after
    .filter(({ role }) => role === 'assistant')
    .flatMap(({ content }) => (typeof content === 'string' && hasVisibleText(content) ? [content] : []));
  return { questions, last: 'answered', answer: { text: texts.join('\n\n') } };
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
 * Returns whether the previous question was answered or has the same text. Otherwise an answer to it that is still being
 * written would be stored after this question and look like its answer.
 */
function followsAnAnswer(entries: readonly Entry[], asked: number, question: string): boolean {
  const before = entries.slice(0, asked).findLast((entry) => !isQuestion(entry) || !isSame(entry, question));
  return before === undefined || (before.role === 'assistant' && typeof before.content === 'string');
}

function isFailure(content: string): boolean {
  return !hasVisibleText(content) || GAVE_UP.includes(content.trim());
}
