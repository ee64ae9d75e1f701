import type { Emphasis, Line, Reply } from '../markup.ts';
import { bidiMarkFor, type Direction, directionOf } from './direction.ts';
import { type Word, wordsOf } from './words.ts';

/**
 * How suitable a position is for the end of a part, best last. `none`: a part never ends here. `letter`: inside a word that
 * is longer than a part. `syllable`: between words of a script without spaces.
 */
export const BREAK = {
  none: -1,
  letter: 0,
  syllable: 1,
  emphasis: 2,
  space: 3,
  sentence: 4,
  line: 5,
  block: 6,
} as const;
export type BreakQuality = (typeof BREAK)[keyof typeof BREAK];

/** The smallest unit that is not split: a word, or the part of it with one emphasis. */
export interface Token {
  readonly text: string;
  readonly within: readonly Emphasis[];
  /** Indentation and list marker, outside the emphasis. */
  readonly prefix: string;
  /** Written before the text where it begins a line of the message. */
  readonly escape: string;
  /** Written before the text where it begins a part in the middle of its line: a directional mark, or the escape. */
  readonly bidiMark: string;
  /** Written between it and the next token of the same part: spaces, line feeds or nothing. */
  readonly space: string;
  readonly line: Line;
  /** Offset of the end of its space in the line's text. */
  readonly end: number;
  /** How suitable the position after it is for the end of a part. Ends of sentences are determined later, on demand. */
  readonly breakAfter: BreakQuality;
}

/** Returns the tokens of the reply in order, at least one per line. Yields the number of tokens of each line. */
export function* tokensOf(reply: Reply): Generator<number, Token[]> {
  const tokens: Token[] = [];
  for (const [index, block] of reply.entries()) {
    const isLastBlock = index === reply.length - 1;
    for (const [at, line] of block.lines.entries()) {
      const next = block.lines[at + 1];
      const feeds = next ? '\n'.repeat(next.gap) : isLastBlock ? '' : '\n\n';
      const breakAfter = next ? BREAK.line : block.introduces ? BREAK.emphasis : BREAK.block;
      const ofLine = tokensOfLine(line, feeds, breakAfter);
      for (const token of ofLine) tokens.push(token);
      yield ofLine.length;
    }
  }
  return tokens;
}

function tokensOfLine(line: Line, feeds: string, breakAfter: BreakQuality): Token[] {
  const words = wordsOf(line.spans);
  if (words.length === 0) return [prefixAlone(line, feeds, breakAfter)];
  const directions = words.map(({ text }) => directionOf(text));
  const rests = directionsOfRests(directions);
  return words.map((word, index): Token => {
    const next = words[index + 1];
    const ownEscape = escapeFor(word, line);
    const bidiMark =
      isCode(word.within) || index === 0 ? '' : bidiMarkFor(rests[0], directions[index], rests[index]);
    return {
      text: word.text,
      within: word.within,
      prefix: index === 0 ? line.prefix : '',
      escape: index === 0 && line.prefix === '' ? ownEscape : '',
      bidiMark: bidiMark || (index > 0 ? ownEscape : ''),
      space: next ? word.space : feeds,
      line,
      end: word.end,
      breakAfter: next ? breakBetween(word, next) : breakAfter,
    };
  });
}

/** For a list item without text of its own: a code block or another list follows. */
function prefixAlone(line: Line, space: string, breakAfter: BreakQuality): Token {
  const text = line.prefix.trimEnd();
  return { text, within: [], prefix: '', escape: '', bidiMark: '', space, line, end: 0, breakAfter };
}

/** Returns for each word the direction that the line would have if it began there. */
function directionsOfRests(words: readonly Direction[]): Direction[] {
  const rests: Direction[] = [];
  for (let index = words.length - 1; index >= 0; index--) rests[index] = words[index] ?? rests[index + 1];
  return rests;
}

/** Returns a word joiner for text that WhatsApp would take for a quote or a bullet at the beginning of a line. */
function escapeFor(word: Word, line: Line): string {
  if (word.within.length > 0 || line.quoted) return '';
  const isMarkup = word.text.startsWith('>') || (/^[-*]$/.test(word.text) && word.space !== '');
  return isMarkup ? '\u2060' : '';
}

const isCode = (within: readonly Emphasis[]): boolean =>
  within.some(({ marker }) => marker === '`' || marker === '```');

function breakBetween(word: Word, next: Word): BreakQuality {
  if (word.space === '') return BREAK.none;
  return next.within.some((emphasis) => word.within.includes(emphasis)) ? BREAK.emphasis : BREAK.space;
}
