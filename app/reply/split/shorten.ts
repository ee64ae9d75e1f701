import { bidiMarkFor, directionOf } from './direction.ts';
import { BREAK, type BreakQuality, type Token } from './tokens.ts';
import { write } from './write.ts';

/**
 * Returns the same tokens with breaks added inside words: between words of scripts without spaces, and between graphemes of
 * words that are too long for one part. The text between two breaks then fits into a part. Yields the size of each
 * step.
 */
export function* shorten(tokens: readonly Token[], maxPartLength: number): Generator<number, Token[]> {
  const shortened: Token[] = [];
  let from = 0;
  for (const [index, token] of tokens.entries()) {
    if (token.breakAfter === BREAK.none) continue;
    const short = yield* shortenWord(tokens.slice(from, index + 1), maxPartLength);
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

/** An upper bound of what is written around a word: quote sign, indentation, list marker, four markers twice, bidi mark. */
const AROUND_A_WORD = 40;

/** Returns whether the token fits into a part, whatever is written around it. */
const isShort = ({ text, prefix }: Token, maxPartLength: number): boolean =>
  text.length + prefix.length + AROUND_A_WORD <= maxPartLength;

function* shortenWord(word: readonly Token[], maxPartLength: number): Generator<number, readonly Token[]> {
  const units = word.reduce((sum, { text }) => sum + text.length + AROUND_A_WORD, 0);
  if (units <= maxPartLength && !word.some(({ text }) => UNSPACED.test(text))) return word;
  const syllables = word.flatMap((token) => (UNSPACED.test(token.text) ? atWords(token) : [token]));
  const groups: Token[][] = [[]];
  for (const token of syllables) {
    groups.at(-1)?.push(token);
    if (token.breakAfter !== BREAK.none) groups.push([]);
  }
  const shortened: Token[] = [];
  for (const group of groups) {
    const isWhole = write(group).length <= maxPartLength;
    for (const token of isWhole ? group : group.flatMap(inSegments)) {
      for (const one of isWhole ? [token] : atGraphemes(token, maxPartLength)) shortened.push(one);
      yield token.text.length;
    }
  }
  return shortened;
}

/** A word is processed in segments of this many units, one per step. */
const MAX_SEGMENT = 2_000;

/** Returns a long token as several, cut between graphemes. */
function inSegments(token: Token): readonly Token[] {
  if (token.text.length <= MAX_SEGMENT) return [token];
  const graphemes = GRAPHEMES.segment(token.text);
  const texts: string[] = [];
  for (let from = 0; from < token.text.length; ) {
    const across = graphemes.containing(from + MAX_SEGMENT);
    const to = across === undefined ? token.text.length : across.index + across.segment.length;
    texts.push(token.text.slice(from, to));
    from = to;
  }
  return chain(token, texts, () => BREAK.letter);
}

/** Breaks only before a word, so that no part begins with the full stop of the previous one. */
function atWords(token: Token): Token[] {
  const segments = [...WORDS.segment(token.text)];
  return chain(
    token,
    segments.map(({ segment }) => segment),
    (index) => (segments[index + 1]?.isWordLike ? BREAK.syllable : BREAK.none),
  );
}

function atGraphemes(token: Token, maxPartLength: number): Token[] {
  const graphemes = Array.from(GRAPHEMES.segment(token.text), ({ segment }) => segment);
  const breakAfter = token.breakAfter === BREAK.none ? BREAK.letter : token.breakAfter;
  const chained = chain({ ...token, breakAfter }, graphemes, () => BREAK.letter);
  const fits = (one: Token): boolean => isShort(one, maxPartLength) || write([one]).length <= maxPartLength;
  return chained.flatMap((one) => {
    if (fits(one)) return [one];
    const [prefix, text] = withoutPrefix(one);
    if (fits(text)) return [...prefix, text];
    const bare = { ...text, within: [] };
    if (fits(bare)) return [...prefix, bare];
    // A grapheme this long is not displayed as one, and the platform would refuse the part.
    return [...prefix, ...chain({ ...bare, bidiMark: '' }, [...bare.text], () => BREAK.letter)];
  });
}

/** A list marker that leaves no room for the first character becomes a token of its own. */
function withoutPrefix(token: Token): [Token[], Token] {
  const text = token.prefix.trimEnd();
  if (text === '') return [[], { ...token, prefix: '' }];
  const prefix: Token = {
    ...token,
    text,
    prefix: '',
    within: [],
    escape: '',
    space: ' ',
    end: 0,
    breakAfter: BREAK.letter,
  };
  return [[prefix], { ...token, prefix: '', escape: '' }];
}

/** Returns one token as several that together are equal to it. */
function chain(
  token: Token,
  texts: readonly string[],
  breakAfterIndex: (index: number) => BreakQuality,
): Token[] {
  const lineDirection =
    token.bidiMark === '\u200F' ? 'rtl' : token.bidiMark === '\u200E' ? 'ltr' : directionOf(token.text);
  const start = token.end - token.space.length - token.text.length;
  let at = start;
  return texts.map((text, index): Token => {
    at += text.length;
    const isFirst = index === 0;
    const own = directionOf(text);
    return {
      ...token,
      text,
      prefix: isFirst ? token.prefix : '',
      escape: isFirst ? token.escape : '',
      bidiMark: isFirst ? token.bidiMark : bidiMarkFor(lineDirection, own, own),
      ...(index < texts.length - 1 && { space: '', end: at, breakAfter: breakAfterIndex(index) }),
    };
  });
}
