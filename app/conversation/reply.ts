import { format, formatting } from './format.ts';
import type { Reply } from './markup.ts';
import { phrase } from './phrases.ts';
import { beginningOf } from './split/beginning.ts';
import { split, splitting } from './split.ts';
import { hasVisibleText } from './visible.ts';

/**
 * What is sent for a short Markdown text of ours: messages in order, each in WhatsApp's markup and at most `longestPart`
 * UTF-16 units long. Empty when there are no words in it. The same arguments give the same messages. Any string may
 * come in; a `longestPart` below `SHORTEST_PART` throws `RangeError`.
 */
export function replyParts(markdown: string, longestPart: number): string[] {
  return split(format(markdown), longestPart);
}

/** Each part costs money and takes its time; an answer of more than these is no answer for a chat. */
export const MOST_PARTS = 10;

export interface AnswerOptions {
  readonly longestPart: number;
  /** Of our own sentences. */
  readonly language: string;
  /** Lets others have their turn; called between steps of the work. */
  readonly pause?: () => Promise<void>;
}

/**
 * Resolves to what is sent for the assistant's Markdown, with `notes` (sentences of ours) behind it: as `replyParts`, and
 * at most `MOST_PARTS`, the last of which then says that it was cut. An answer with nothing to see in it is replaced by
 * a sentence that says so. Work is done in steps of bounded length, with a pause after each.
 */
export async function answerParts(
  markdown: string,
  notes: readonly string[],
  { longestPart, language, pause = nextTurnOfLoop }: AnswerOptions,
): Promise<string[]> {
  const mostUnits = MOST_PARTS * longestPart;
  const source = markdown.slice(0, LONGEST_SOURCE);
  const { reply: answer, isWhole: isRead } = await inSteps(formatting(source, mostUnits), pause);
  if (!isVisible(answer))
    return replyParts([phrase('noAnswer', language), ...notes].join('\n\n'), longestPart);
  const sayings = notes.flatMap((note) => format(note));
  const isWhole = isRead && source.length === markdown.length;
  await pause();
  const parts = isWhole ? await inSteps(splitting([...answer, ...sayings], longestPart), pause) : [];
  if (isWhole && parts.length <= MOST_PARTS) return parts;
  await pause();
  const ending = split([...format(phrase('cut', language)), ...sayings], longestPart).slice(0, MOST_PARTS);
  const beginning = await inSteps(splitting(beginningOf(answer, mostUnits), longestPart), pause);
  return [...beginning.slice(0, MOST_PARTS - ending.length), ...ending];
}

/** More than is ever sent, also of an answer with long addresses in it. */
const LONGEST_SOURCE = 100_000;
/** So many characters of work go by before others have their turn. */
const STEP = 8_000;

async function inSteps<T>(work: Generator<number, T>, pause: () => Promise<void>): Promise<T> {
  let since = 0;
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
    since += step.value;
    if (since < STEP) continue;
    since = 0;
    await pause();
  }
}

const nextTurnOfLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const textsOf = (reply: Reply): string[] =>
  reply.flatMap(({ lines }) => lines.flatMap(({ lead, spans }) => [lead, ...spans.map(({ text }) => text)]));

const isVisible = (reply: Reply): boolean => textsOf(reply).some(hasVisibleText);
