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
  const answer = answerIn(entries.slice(asked + 1));
  return typeof answer === 'string'
    ? { questions, last: 'answered', answer: { text: answer } }
    : { questions, last: answer.state };
}

/** Returns the answer to the question at this position, from 1; undefined when there is none. */
export function answerAt(entries: readonly Entry[], position: number): string | undefined {
  const questions = entries.flatMap((entry, at) => (isQuestion(entry) ? [at] : []));
  const asked = questions[position - 1];
  if (asked === undefined) return undefined;
  const answer = answerIn(entries.slice(asked + 1, questions[position]));
  return typeof answer === 'string' ? answer : undefined;
}

/** Returns the texts between a question and the next one, or why they are no answer. */
function answerIn(after: readonly Entry[]): string | { readonly state: 'open' | 'failed' } {
  const last = after.at(-1);
  if (last?.role !== 'assistant' || typeof last.content !== 'string') return { state: 'open' };
  if (isFailure(last.content)) return { state: 'failed' };
  return after
    .filter(({ role }) => role === 'assistant')
    .flatMap(({ content }) => (typeof content === 'string' && hasVisibleText(content) ? [content] : []))
    .join('\n\n');
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
