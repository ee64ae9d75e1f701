import { after, before } from '../emphasis-ranges.ts';

export interface Flanks {
  readonly can_open: boolean;
  readonly can_close: boolean;
  readonly length: number;
}

const DIGIT = /^\p{Nd}$/u;
const LETTER = /^[\p{L}\p{M}]$/u;
/** Scripts with capitals: in them one letter is no prefix of a word, as Arabic's `و` is, but a sign or the half of a word. */
const CASED = /^[\p{Lu}\p{Ll}\p{Lt}]$/u;
const SPACE = /^\s?$/u;

const isInWord = (character: string): boolean => LETTER.test(character) || DIGIT.test(character);

/** What stands at a run of markers, on either side. */
interface Side {
  readonly character: string;
  /** Whether no other letter or digit stands beside it. */
  readonly isLone: boolean;
}

/**
 * Whether a run of asterisks or tildes may open or close emphasis. Beside CommonMark's rules, in two ways:
 *
 * - `**word:**more` closes although punctuation is before it and a letter behind it: in languages that put no space
 *   there, assistants mean it.
 * - What may be a sign of multiplication, or hides letters, stays as it is written: `100*2.5*4`, `a*b=c*d`, `f**k`.
 *   Taken for markers, it would be gone, and two tokens one.
 */
export function flanks(text: string, start: number, scanned: Flanks): Flanks {
  const { length } = scanned;
  const marker = text.charAt(start);
  const end = start + length;
  const left = sideBefore(text, start);
  const right = sideAfter(text, end);
  const isDouble = length >= 2;
  const mayOpen = scanned.can_open || (isDouble && !SPACE.test(right.character));
  const mayClose = scanned.can_close || (isDouble && !SPACE.test(left.character));
  if (marker === '~') return { can_open: mayOpen, can_close: mayClose, length };
  if (!isDouble && isSign(left, right)) return { can_open: false, can_close: false, length };
  return {
    can_open: mayOpen && !keepsOpener(left, right, isDouble),
    can_close: mayClose && !keepsCloser(left, right, isDouble),
    length,
  };
}

/** One asterisk inside a word, beside a digit or between letters that are no word: it multiplies. */
function isSign(left: Side, right: Side): boolean {
  if (!isInWord(left.character) || !isInWord(right.character)) return false;
  const isPlain = (side: Side): boolean => LETTER.test(side.character) && !CASED.test(side.character);
  return !isPlain(left) || !isPlain(right) || (left.isLone && right.isLone);
}

function keepsOpener(left: Side, right: Side, isDouble: boolean): boolean {
  if (DIGIT.test(left.character)) return !(isDouble && isWord(right));
  return CASED.test(left.character) && left.isLone;
}

function keepsCloser(left: Side, right: Side, isDouble: boolean): boolean {
  if (DIGIT.test(right.character)) return !(isDouble && isWord(left));
  return CASED.test(right.character) && right.isLone && isInWord(left.character) && !isWord(left);
}

const isWord = ({ character, isLone }: Side): boolean => LETTER.test(character) && !isLone;

function sideBefore(text: string, at: number): Side {
  const character = before(text, at);
  return { character, isLone: !isInWord(before(text, at - character.length)) };
}

function sideAfter(text: string, at: number): Side {
  const character = after(text, at);
  return { character, isLone: !isInWord(after(text, at + character.length)) };
}

/** Whether a code span there is none: backticks between a digit or a lone letter and other signs, as in ``2`3`4``. */
export function isNoCode(text: string, start: number, end: number): boolean {
  const isKept = ({ character, isLone }: Side): boolean =>
    DIGIT.test(character) || (CASED.test(character) && isLone);
  return isKept(sideBefore(text, start)) || isKept(sideAfter(text, end));
}
