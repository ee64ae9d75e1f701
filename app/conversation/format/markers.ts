import type { Emphasis, Marker, Span } from '../markup.ts';

/**
 * WhatsApp takes a character for a marker only at the border of a word: line end, space, punctuation or symbol on its
 * outer side, no space on its inner side. It has no escape character. So two things are settled here, for one line:
 * a stretch of emphasis whose markers would show is dropped, and characters of the text that would be taken for
 * markers are replaced by their doubles.
 */
export function settle(spans: readonly Span[]): Span[] {
  const recognised = dropUnrecognised(spans);
  return replaceLiterals(recognised);
}

/**
 * The nearest character that looks the same, is neutral in direction too, and is never a marker. An invisible
 * character beside the marker would keep the original, but works only if WhatsApp takes it for a letter, which is
 * documented nowhere and would cost the reader the characters if it is wrong.
 */
const DOUBLES: Readonly<Record<string, string>> = { '*': '∗', _: 'ˍ', '~': '∼', '`': 'ˋ' };

export function withDoubles(text: string): string {
  return text.replace(/[*_~`]/g, (character) => DOUBLES[character] ?? character);
}

const BORDER = /^[\s\p{P}\p{S}]$/u;
const isBorder = (character: string): boolean => character === '' || BORDER.test(character);
/** Whether a marker is certainly not recognised beside it. Between this and `isBorder` nothing is documented. */
const isInWord = (character: string): boolean => /^[\p{L}\p{M}\p{N}]$/u.test(character);
const isSpace = (character: string): boolean => character === '' || /^\s$/u.test(character);

/** The character that ends before `at`, '' at the start. */
function before(text: string, at: number): string {
  const pair = text.slice(Math.max(0, at - 2), at);
  return /^[\uD800-\uDBFF][\uDC00-\uDFFF]$/.test(pair) ? pair : pair.slice(-1);
}

/** The character that begins at `at`, '' at the end. */
function after(text: string, at: number): string {
  const point = text.codePointAt(at);
  return point === undefined ? '' : String.fromCodePoint(point);
}

interface Stretch {
  readonly emphasis: Emphasis;
  readonly from: number;
  readonly to: number;
}

/** Where each stretch lies in the line, without the spaces at its ends. One that an address interrupts is several. */
function stretches(spans: readonly Span[], text: string): Stretch[] {
  const found: Stretch[] = [];
  const open = new Map<Emphasis, number>();
  let at = 0;
  const close = (still: readonly Emphasis[]): void => {
    for (const [emphasis, from] of open) {
      if (still.includes(emphasis)) continue;
      open.delete(emphasis);
      const inner = text.slice(from, at);
      const leading = inner.length - inner.trimStart().length;
      found.push({ emphasis, from: from + leading, to: from + Math.max(leading, inner.trimEnd().length) });
    }
  };
  for (const span of spans) {
    close(span.within);
    for (const emphasis of span.within) if (!open.has(emphasis)) open.set(emphasis, at);
    at += span.text.length;
  }
  close([]);
  return found;
}

function dropUnrecognised(spans: readonly Span[]): Span[] {
  if (spans.every(({ within }) => within.length === 0)) return [...spans];
  const text = spans.map((span) => span.text).join('');
  const dropped = new Set<Emphasis>();
  for (const { emphasis, from, to } of stretches(spans, text)) {
    if (emphasis.marker === '```') continue;
    const isOutside = isBorder(before(text, from)) && isBorder(after(text, to));
    if (from === to || !isOutside) dropped.add(emphasis);
  }
  if (dropped.size === 0) return [...spans];
  return spans.map((span) => ({ ...span, within: span.within.filter((emphasis) => !dropped.has(emphasis)) }));
}

interface Candidate {
  readonly at: number;
  readonly run: string;
  readonly opens: boolean;
  readonly closes: boolean;
}

const isCode = (span: Span): boolean => span.within.some(({ marker }) => marker === '`' || marker === '```');

function replaceLiterals(spans: readonly Span[]): Span[] {
  const text = spans.map((span) => span.text).join('');
  if (!/[*_~`]/.test(text)) return [...spans];
  const replaced = new Set(misreadable(spans, text));
  let at = 0;
  return spans.map((span) => {
    const start = at;
    at += span.text.length;
    const characters = span.text.replace(/[*_~`]/g, (character, offset: number) =>
      replaced.has(start + offset) ? withDoubles(character) : character,
    );
    return { ...span, text: characters };
  });
}

/** Offsets of the characters that WhatsApp could pair with another one in the line. */
function misreadable(spans: readonly Span[], text: string): number[] {
  const literal: Record<string, Candidate[]> = { '*': [], _: [], '~': [], '`': [] };
  const real: Record<string, { first: number; last: number }> = {};
  const note = (marker: Marker, from: number, to: number): void => {
    const known = real[marker];
    real[marker] = { first: known ? known.first : from, last: to };
  };
  for (const { emphasis, from, to } of stretches(spans, text)) note(emphasis.marker, from, to);

  let start = 0;
  for (const span of spans) {
    if (!span.address && !isCode(span)) {
      for (const match of span.text.matchAll(/\*+|_+|~+|`+/g)) {
        const at = start + match.index;
        const run = match[0];
        const left = before(text, at);
        const right = after(text, at + run.length);
        const backtick = run.startsWith('`');
        const opens = backtick || (!isInWord(left) && !isSpace(right));
        const closes = backtick || (!isSpace(left) && !isInWord(right));
        literal[run.charAt(0)]?.push({ at, run, opens, closes });
      }
    }
    start += span.text.length;
  }

  const offsets: number[] = [];
  for (const [marker, candidates] of Object.entries(literal)) {
    const firstOpener = Math.min(
      candidates.find(({ opens }) => opens)?.at ?? Infinity,
      real[marker]?.first ?? Infinity,
    );
    const lastCloser = Math.max(
      candidates.findLast(({ closes }) => closes)?.at ?? -1,
      real[marker]?.last ?? -1,
    );
    for (const { at, run, opens, closes } of candidates) {
      const pairs = (opens && at < lastCloser) || (closes && firstOpener < at) || run.startsWith('```');
      if (pairs) for (let offset = 0; offset < run.length; offset++) offsets.push(at + offset);
    }
  }
  return offsets;
}
