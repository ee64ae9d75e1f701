import type { Emphasis, Line, Reply } from '../markup.ts';
import { directionOf, markFor } from './direction.ts';
import { textOf, type Word } from './words.ts';

/**
 * How good a place is to end a part, best last. `none`: here it never ends. `letter` is inside a word, for words
 * longer than a part; `syllable` is between words of a script that writes no spaces.
 */
export const BORDER = {
  none: -1,
  letter: 0,
  syllable: 1,
  emphasis: 2,
  space: 3,
  sentence: 4,
  line: 5,
  block: 6,
} as const;
export type Border = (typeof BORDER)[keyof typeof BORDER];

/** The smallest thing that stays whole: a word or the part of it that has one emphasis. */
export interface Piece {
  readonly text: string;
  readonly within: readonly Emphasis[];
  /** Indentation and list marker, outside the emphasis. */
  readonly lead: string;
  /** Before the text where it begins a line of the message. */
  readonly guard: string;
  /** Before the text where it begins a part in the middle of its line: a directional mark, or the guard. */
  readonly mark: string;
  /** Between it and the next piece, when both are in one part: spaces, line feeds or nothing. */
  readonly space: string;
  readonly line: Line;
  /** Where the space behind it ends, counted in the line's text. */
  readonly end: number;
  /** How well a part may end behind it. Sentences are found later, where one is looked for. */
  readonly border: Border;
}

/** The reply as pieces in order, each line at least one. Yields the number of pieces of each line. */
export function* tokensOf(reply: Reply): Generator<number, Piece[]> {
  const pieces: Piece[] = [];
  for (const [index, block] of reply.entries()) {
    const isLastBlock = index === reply.length - 1;
    for (const [at, line] of block.lines.entries()) {
      const next = block.lines[at + 1];
      const feeds = next ? '\n'.repeat(next.gap) : isLastBlock ? '' : '\n\n';
      const border = next ? BORDER.line : block.introduces ? BORDER.emphasis : BORDER.block;
      const ofLine = tokensOfLine(line, feeds, border);
      for (const piece of ofLine) pieces.push(piece);
      yield ofLine.length;
    }
  }
  return pieces;
}

function tokensOfLine(line: Line, feeds: string, border: Border): Piece[] {
  const words = textOf(line.spans);
  if (words.length === 0) return [leadAlone(line, feeds, border)];
  const rests = directionsOfRests(words);
  return words.map((word, index): Piece => {
    const next = words[index + 1];
    const guard = guardFor(word, line);
    const mark = isCode(word.within) || index === 0 ? '' : markFor(rests[0], rests[index]);
    return {
      text: word.text,
      within: word.within,
      lead: index === 0 ? line.lead : '',
      guard: index === 0 && line.lead === '' ? guard : '',
      mark: mark || (index > 0 ? guard : ''),
      space: next ? word.space : feeds,
      line,
      end: word.end,
      border: next ? borderBetween(word, next) : border,
    };
  });
}

/** A list item without words of its own: what follows is a code block or another list. */
function leadAlone(line: Line, space: string, border: Border): Piece {
  const text = line.lead.trimEnd();
  return { text, within: [], lead: '', guard: '', mark: '', space, line, end: 0, border };
}

/** For each word the direction that the line would have if it began there. */
function directionsOfRests(words: readonly Word[]): ReturnType<typeof directionOf>[] {
  const rests: ReturnType<typeof directionOf>[] = [];
  for (let index = words.length - 1; index >= 0; index--) {
    rests[index] = directionOf(words[index]?.text ?? '') ?? rests[index + 1];
  }
  return rests;
}

/** A word joiner: words that begin a line with what WhatsApp takes for a quote or a bullet stay words. */
function guardFor(word: Word, line: Line): string {
  if (word.within.length > 0 || line.quoted) return '';
  const isMarkup = word.text.startsWith('>') || (/^[-*]$/.test(word.text) && word.space !== '');
  return isMarkup ? '\u2060' : '';
}

const isCode = (within: readonly Emphasis[]): boolean =>
  within.some(({ marker }) => marker === '`' || marker === '```');

function borderBetween(word: Word, next: Word): Border {
  if (word.space === '') return BORDER.none;
  return next.within.some((emphasis) => word.within.includes(emphasis)) ? BORDER.emphasis : BORDER.space;
}
