import type { Message } from '../domain/message.ts';
import { type Part, positionOf } from '../domain/part.ts';
import type { OwnPhrases } from '../domain/phrase.ts';
import type { Turn } from '../domain/turn.ts';
import { isStart, isStop } from '../language/opt-out.ts';
import { everyPhrase } from '../language/phrases.ts';

type Answered = Pick<Turn, 'messages' | 'reopened' | 'gaveUpReason'>;

/**
 * Returns the id of the message that the first part of the reply quotes: the last text of a turn that holds several, so that
 * the person sees what the answer is about. Undefined for any other turn, for an apology, a template, and a notice of ours
 * alone. The same in every attempt of the turn. Pure.
 */
export function messageToQuote(
  { messages, reopened, gaveUpReason }: Answered,
  parts: readonly Part[],
  own: OwnPhrases | undefined,
): string | undefined {
  if (reopened || gaveUpReason !== undefined) return undefined;
  const texts = messages.filter(isQuestion);
  return texts.length > 1 && !isNotice(parts, own) ? texts.at(-1)?.id : undefined;
}

/** STOP and START are answered by a sentence of ours. */
function isQuestion({ content }: Message): boolean {
  return content.kind === 'text' && !isStop(content.text) && !isStart(content.text);
}

/** A notice alone is a phrase of ours, or where parts are short the beginning of one. */
function isNotice(parts: readonly Part[], own: OwnPhrases | undefined): boolean {
  const first = parts.find(({ key }) => positionOf(key) === 0);
  return first !== undefined && everyPhrase(own).some((phrase) => phrase.startsWith(first.text));
}
