import type { OwnPhrases } from '../domain/phrase.ts';
import { hasVisibleText } from '../domain/visible.ts';
import { phrase } from '../language/phrases.ts';
import { format, formatting } from '../reply/format.ts';
import type { Reply } from '../reply/markup.ts';
import { beginningOf } from '../reply/split/beginning.ts';
import { split, splitting } from '../reply/split.ts';

/**
 * Returns the parts for a short Markdown text of our own, in order: each in WhatsApp's markup and at most `maxPartLength`
 * UTF-16 units long. Empty when the text has no words. Deterministic; accepts any string. Throws `RangeError` when
 * `maxPartLength` is below `MIN_PART_LENGTH`.
 */
export function replyParts(markdown: string, maxPartLength: number): string[] {
  return split(format(markdown), maxPartLength);
}

/** Each part costs money and takes time; a longer answer does not fit a chat. */
export const MAX_PARTS = 10;

export interface AnswerOptions {
  readonly maxPartLength: number;
  /** Language of our own phrases. */
  readonly language: string;
  /** Of the business. */
  readonly phrases?: OwnPhrases | undefined;
  /** Our own paragraph in front of the answer. */
  readonly beginning?: string | undefined;
  /** Yields to other work; called between steps with the number of characters processed since the last call. */
  readonly pause?: Pause;
}

/**
 * Resolves to the parts for the assistant's Markdown between `beginning` and `extraPhrases`, as `replyParts` does, but at most
 * `MAX_PARTS`: the last part then says that the answer was cut. An answer without visible text is replaced by a phrase that
 * says so. Works in steps of bounded length, with a pause after each.
 */
export async function answerParts(
  markdown: string,
  extraPhrases: readonly string[],
  { maxPartLength, language, phrases, beginning: first, pause = nextTick }: AnswerOptions,
): Promise<string[]> {
  const maxUnits = MAX_PARTS * maxPartLength;
  const bounds = { maxSource: MAX_SOURCE_LENGTH, maxUnits };
  const { reply, isWhole } = await inSteps(formatting(markdown, bounds), pause);
  const firstBlocks = first === undefined ? [] : format(first);
  if (!isVisible(reply)) {
    const own = [phrase('noAnswer', language, phrases), ...extraPhrases].flatMap((text) => format(text));
    return split([...firstBlocks, ...own], maxPartLength);
  }
  const answer = [...firstBlocks, ...reply];
  const extraBlocks = extraPhrases.flatMap((text) => format(text));
  const parts = isWhole ? await inSteps(splitting([...answer, ...extraBlocks], maxPartLength), pause) : [];
  if (isWhole && parts.length <= MAX_PARTS) return parts;
  const ending = split([...format(phrase('cut', language, phrases)), ...extraBlocks], maxPartLength).slice(
    0,
    MAX_PARTS,
  );
  const beginning = await inSteps(splitting(beginningOf(answer, maxUnits), maxPartLength), pause);
  return [...beginning.slice(0, MAX_PARTS - ending.length), ...ending];
}

/**
 * Resolves to the part at `position` (from 0) of an answer that was sent as `answerParts` splits it; to the first one where
 * there is no such part, as in the end of a reply with phrases of ours. Empty when the answer has no visible text.
 */
export async function partOfAnswer(
  markdown: string,
  position: number,
  maxPartLength: number,
  pause: Pause = nextTick,
): Promise<string> {
  const maxUnits = MAX_PARTS * maxPartLength;
  const { reply } = await inSteps(formatting(markdown, { maxSource: MAX_SOURCE_LENGTH, maxUnits }), pause);
  const parts = await inSteps(splitting(beginningOf(reply, maxUnits), maxPartLength), pause);
  return parts[position] ?? parts[0] ?? '';
}

/** Characters of visible Markdown: ten parts hold 40,960 units of text, and markup is rarely a third of it. */
const MAX_SOURCE_LENGTH = 60_000;
/** Characters processed between two pauses. */
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

const nextTick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const textsOf = (reply: Reply): string[] =>
  reply.flatMap(({ lines }) =>
    lines.flatMap(({ prefix, spans }) => [prefix, ...spans.map(({ text }) => text)]),
  );

const isVisible = (reply: Reply): boolean => textsOf(reply).some(hasVisibleText);
