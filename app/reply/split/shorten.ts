import { directionOf, markFor } from './direction.ts';
import { BORDER, type Border, type Piece } from './tokens.ts';
import { write } from './write.ts';

/**
 * The same pieces, with places to end a part added inside words: between words of scripts that write no spaces, and
 * between graphemes in words that are too long for one part. What lies between two places then fits into a part.
 * Yields how much each step was about.
 */
export function* shorten(pieces: readonly Piece[], maxPartLength: number): Generator<number, Piece[]> {
  const shortened: Piece[] = [];
  let from = 0;
  for (const [index, piece] of pieces.entries()) {
    if (piece.border === BORDER.none) continue;
    const short = yield* shortenWord(pieces.slice(from, index + 1), maxPartLength);
    for (const one of short) shortened.push(one);
    yield short.length;
    from = index + 1;
  }
  return shortened;
}

/** Scripts whose words have no spaces between them. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

const WORDS = new Intl.Segmenter('und', { granularity: 'word' });
const GRAPHEMES = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** More than what is ever written around a word: quote sign, indentation, list marker, four markers twice, mark. */
const AROUND_A_WORD = 40;

/** Whether it fits into a part, whatever is written around it. */
const isShort = ({ text, lead }: Piece, maxPartLength: number): boolean =>
  text.length + lead.length + AROUND_A_WORD <= maxPartLength;

function* shortenWord(word: readonly Piece[], maxPartLength: number): Generator<number, readonly Piece[]> {
  const units = word.reduce((sum, { text }) => sum + text.length + AROUND_A_WORD, 0);
  if (units <= maxPartLength && !word.some(({ text }) => UNSPACED.test(text))) return word;
  const syllables = word.flatMap((piece) => (UNSPACED.test(piece.text) ? atWords(piece) : [piece]));
  const groups: Piece[][] = [[]];
  for (const piece of syllables) {
    groups.at(-1)?.push(piece);
    if (piece.border !== BORDER.none) groups.push([]);
  }
  const shortened: Piece[] = [];
  for (const group of groups) {
    const isWhole = write(group).length <= maxPartLength;
    for (const piece of isWhole ? group : group.flatMap(inPieces)) {
      for (const one of isWhole ? [piece] : atGraphemes(piece, maxPartLength)) shortened.push(one);
      yield piece.text.length;
    }
  }
  return shortened;
}

/** A word is looked at in emphasisRanges of this many units, one in each step. */
const MAX_PIECE = 2_000;

/** A long piece as several, cut between graphemes. */
function inPieces(piece: Piece): readonly Piece[] {
  if (piece.text.length <= MAX_PIECE) return [piece];
  const graphemes = GRAPHEMES.segment(piece.text);
  const texts: string[] = [];
  for (let from = 0; from < piece.text.length; ) {
    const across = graphemes.containing(from + MAX_PIECE);
    const to = across === undefined ? piece.text.length : across.index + across.segment.length;
    texts.push(piece.text.slice(from, to));
    from = to;
  }
  return chain(piece, texts, () => BORDER.letter);
}

/** A part does not begin with the full stop of the one before: only behind it is a place to end. */
function atWords(piece: Piece): Piece[] {
  const segments = [...WORDS.segment(piece.text)];
  return chain(
    piece,
    segments.map(({ segment }) => segment),
    (index) => (segments[index + 1]?.isWordLike ? BORDER.syllable : BORDER.none),
  );
}

function atGraphemes(piece: Piece, maxPartLength: number): Piece[] {
  const graphemes = Array.from(GRAPHEMES.segment(piece.text), ({ segment }) => segment);
  const border = piece.border === BORDER.none ? BORDER.letter : piece.border;
  const chained = chain({ ...piece, border }, graphemes, () => BORDER.letter);
  const fits = (one: Piece): boolean => isShort(one, maxPartLength) || write([one]).length <= maxPartLength;
  return chained.flatMap((one) => {
    if (fits(one)) return [one];
    const [lead, text] = withoutLead(one);
    if (fits(text)) return [...lead, text];
    const bare = { ...text, within: [] };
    if (fits(bare)) return [...lead, bare];
    // No reader sees a grapheme this long as one; a part that the platform refuses would be worse.
    return [...lead, ...chain({ ...bare, mark: '' }, [...bare.text], () => BORDER.letter)];
  });
}

/** A list marker that leaves no room for the first character stands alone. */
function withoutLead(piece: Piece): [Piece[], Piece] {
  const text = piece.lead.trimEnd();
  if (text === '') return [[], { ...piece, lead: '' }];
  const lead: Piece = {
    ...piece,
    text,
    lead: '',
    within: [],
    guard: '',
    space: ' ',
    end: 0,
    border: BORDER.letter,
  };
  return [[lead], { ...piece, lead: '', guard: '' }];
}

/** One piece as several, which together are the same. */
function chain(piece: Piece, texts: readonly string[], borderBehind: (index: number) => Border): Piece[] {
  const lineDirection =
    piece.mark === '\u200F' ? 'rtl' : piece.mark === '\u200E' ? 'ltr' : directionOf(piece.text);
  const start = piece.end - piece.space.length - piece.text.length;
  let at = start;
  return texts.map((text, index): Piece => {
    at += text.length;
    const isFirst = index === 0;
    if (index === texts.length - 1) {
      return { ...piece, text, ...(isFirst ? {} : { lead: '', guard: '' }) };
    }
    return {
      ...piece,
      text,
      lead: isFirst ? piece.lead : '',
      guard: isFirst ? piece.guard : '',
      mark: isFirst ? piece.mark : markFor(lineDirection, directionOf(text) ?? lineDirection),
      space: '',
      end: at,
      border: borderBehind(index),
    };
  });
}
