import { hasVisibleText } from '../domain/visible.ts';
import { phrase } from '../language/phrases.ts';
import { format, formatting } from '../reply/format.ts';
import type { Reply } from '../reply/markup.ts';
import { beginningOf } from '../reply/split/beginning.ts';
import { split, splitting } from '../reply/split.ts';

/**
 * What is sent for a short Markdown text of ours: messages in order, each in WhatsApp's markup and at most `maxPartLength`
 * UTF-16 units long. Empty when there are no words in it. The same arguments give the same messages. Any string may
 * come in; a `maxPartLength` below `MIN_PART_LENGTH` throws `RangeError`.
 */
export function replyParts(markdown: string, maxPartLength: number): string[] {
  return split(format(markdown), maxPartLength);
}

/** Each part costs money and takes its time; an answer of more than these is no answer for a chat. */
export const MAX_PARTS = 10;

export interface AnswerOptions {
  readonly maxPartLength: number;
  /** Of our own sentences. */
  readonly language: string;
  /** Lets others have their turn; called between steps with the work since the last call, in characters looked at. */
  readonly pause?: Pause;
}

/**
 * Resolves to what is sent for the assistant's Markdown, with `notes` (sentences of ours) behind it: as `replyParts`, and
 * at most `MAX_PARTS`, the last of which then says that it was cut. An answer with nothing to see in it is replaced by
 * a sentence that says so. Work is done in steps of bounded length, with a pause after each.
 */
export async function answerParts(
  markdown: string,
  notes: readonly string[],
  { maxPartLength, language, pause = nextTurnOfLoop }: AnswerOptions,
): Promise<string[]> {
  const maxUnits = MAX_PARTS * maxPartLength;
  const bounds = { maxSource: MAX_SOURCE_LENGTH, maxUnits };
  const { reply: answer, isWhole } = await inSteps(formatting(markdown, bounds), pause);
  if (!isVisible(answer))
    return replyParts([phrase('noAnswer', language), ...notes].join('\n\n'), maxPartLength);
  const sayings = notes.flatMap((note) => format(note));
  const parts = isWhole ? await inSteps(splitting([...answer, ...sayings], maxPartLength), pause) : [];
  if (isWhole && parts.length <= MAX_PARTS) return parts;
  const ending = split([...format(phrase('cut', language)), ...sayings], maxPartLength).slice(0, MAX_PARTS);
  const beginning = await inSteps(splitting(beginningOf(answer, maxUnits), maxPartLength), pause);
  return [...beginning.slice(0, MAX_PARTS - ending.length), ...ending];
}

/** Of the Markdown that is meant to be read: ten parts hold 40,960 units of words, and markup is seldom a third of it. */
const MAX_SOURCE_LENGTH = 60_000;
/** So many characters of work go by before others have their turn. */
const STEP = 4_000;

type Pause = (work: number) => Promise<void>;

async function inSteps<T>(work: Generator<number, T>, pause: Pause): Promise<T> {
  let since = 0;
  for (;;) {
    const step = work.next();
    if (!step.done) since += step.value;
    if (!step.done && since < STEP) continue;
    await pause(since);
    if (step.done) return step.value;
    since = 0;
  }
}

const nextTurnOfLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const textsOf = (reply: Reply): string[] =>
  reply.flatMap(({ lines }) => lines.flatMap(({ lead, spans }) => [lead, ...spans.map(({ text }) => text)]));

const isVisible = (reply: Reply): boolean => textsOf(reply).some(hasVisibleText);
