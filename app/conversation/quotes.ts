import type { Conversation } from '../domain/conversation.ts';
import { Forgotten, Refused } from '../domain/errors.ts';
import { type Message, textOf } from '../domain/message.ts';
import { TEMPLATE } from '../domain/template.ts';
import type { Assistant } from '../ports/assistant.ts';
import type { Lease, QuotedPart, TurnStore } from '../ports/store.ts';
import { partOfAnswer } from './reply.ts';

/** UTF-16 units of a quoted part that go with the question: the assistant has the whole answer in its thread. */
const MAX_QUOTATION = 700;

const WORDS = new Intl.Segmenter('und', { granularity: 'word' });

interface Quoting {
  readonly lease: Lease;
  readonly conversation: Pick<Conversation, 'assistantUserId'>;
  readonly maxPartLength: number;
  readonly assistant: Pick<Assistant, 'earlierAnswer' | 'threadEnd'>;
  readonly signal: AbortSignal;
}

/**
 * Resolves to the texts of the messages, one line each; before the text of a message that replies to a part of ours, the
 * words of that part as a Markdown quotation. The same in every attempt of a turn, since the assistant's thread is compared
 * with it. Throws `Unavailable` when the assistant cannot be asked for an earlier answer.
 */
export async function withQuotations(
  messages: readonly Message[],
  work: Quoting,
  store: Pick<TurnStore, 'quoted'>,
): Promise<string> {
  const texts: string[] = [];
  for (const message of messages) {
    const text = textOf([message]);
    if (text === '') continue;
    const { quotes } = message;
    const part = quotes === undefined ? undefined : await store.quoted(work.lease, quotes);
    const words = part && (await wordsOf(part, work));
    texts.push(words === undefined ? text : `${quotation(words)}\n\n${text}`);
  }
  return texts.join('\n');
}

/**
 * Resolves to the words of a part, from the assistant's thread: the stored text is deleted once the part has arrived, which
 * may be between two attempts of the turn. It is used only where threads are not kept, so that no question is found in one.
 */
async function wordsOf(
  { thread, position, text }: QuotedPart,
  { conversation, maxPartLength, assistant, signal }: Quoting,
): Promise<string | undefined> {
  if (thread === undefined) return undefined;
  const { assistantUserId } = conversation;
  const known = { assistantUserId, threadId: thread.id };
  try {
    const answer = await assistant.earlierAnswer({ ...known, position: thread.question }, signal);
    if (answer !== undefined) return await partOfAnswer(answer, position, maxPartLength);
    const { questions } = await assistant.threadEnd({ ...known, text: '' }, signal);
    return questions === 0 && text !== TEMPLATE ? text : undefined;
  } catch (error) {
    if (error instanceof Forgotten || error instanceof Refused) return undefined;
    throw error;
  }
}

/** Returns the beginning of the text as a Markdown quotation. */
export function quotation(text: string): string {
  return excerpt(text.trim())
    .split('\n')
    .map((line) => (line.trim() === '' ? '>' : `> ${line}`))
    .join('\n');
}

/** Cuts between words; inside a word only when it alone is longer. */
function excerpt(text: string): string {
  if (text.length <= MAX_QUOTATION) return text;
  const cut = WORDS.segment(text.slice(0, 2 * MAX_QUOTATION)).containing(MAX_QUOTATION)?.index ?? 0;
  return `${text
    .slice(0, cut || MAX_QUOTATION)
    .trimEnd()
    .toWellFormed()} …`;
}
