import type { Span } from '../markup.ts';
import { after, before, emphasisRanges } from './emphasis-ranges.ts';
import { withLookalikes } from './lookalikes.ts';

/** Returns the spans of one line with lookalikes for characters that WhatsApp could take for a pair of markers. */
export function escapeMarkers(spans: readonly Span[]): readonly Span[] {
  const text = spans.map((span) => span.text).join('');
  if (!/[*_~`]/.test(text)) return spans;
  const misread = pairable(spans, text);
  let next = 0;
  let end = 0;
  return spans.map((span) => {
    let at = end;
    end += span.text.length;
    let escaped = '';
    for (let run = misread[next]; run !== undefined && run.from < end; run = misread[next]) {
      escaped += text.slice(at, run.from) + withLookalikes(run.character).repeat(run.to - run.from);
      at = run.to;
      next += 1;
    }
    return escaped === '' ? span : { ...span, text: escaped + text.slice(at, end) };
  });
}

/** A run of equal characters of the text that look like a marker. */
interface Run {
  readonly character: string;
  readonly from: number;
  readonly to: number;
  readonly opens: boolean;
  readonly closes: boolean;
}

/** Returns, in order, the runs that could pair: with another run, or with one of our own markers. */
function pairable(spans: readonly Span[], text: string): Run[] {
  const runs = runsOf(spans, text);
  const ours = emphasisRanges(spans, text);
  const firstOpener = new Map<string, number>();
  const lastCloser = new Map<string, number>();
  const opener = (character: string, at: number): void => {
    firstOpener.set(character, Math.min(at, firstOpener.get(character) ?? at));
  };
  const closer = (character: string, at: number): void => {
    lastCloser.set(character, Math.max(at, lastCloser.get(character) ?? at));
  };
  for (const { character, from, opens, closes } of runs) {
    if (opens) opener(character, from);
    if (closes) closer(character, from);
  }
  for (const { emphasis, from, to } of ours) {
    opener(emphasis.marker, from);
    closer(emphasis.marker, to);
  }
  return runs.filter(({ character, from, to, opens, closes }) => {
    const isFence = character === '`' && to - from >= 3;
    const hasCloser = opens && from < (lastCloser.get(character) ?? -1);
    const hasOpener = closes && from > (firstOpener.get(character) ?? Infinity);
    return isFence || hasCloser || hasOpener;
  });
}

function runsOf(spans: readonly Span[], text: string): Run[] {
  const runs: Run[] = [];
  let start = 0;
  for (const span of spans) {
    const isPlain = !span.address && !span.within.some(({ marker }) => marker === '`' || marker === '```');
    const matches = isPlain ? span.text.matchAll(/\*+|_+|~+|`+/g) : [];
    for (const match of matches) {
      const from = start + match.index;
      const to = from + match[0].length;
      const character = match[0].charAt(0);
      // WhatsApp does not document where code may begin and end.
      const [opens, closes] = character === '`' ? [true, true] : sidesOf(text, from, to);
      runs.push({ character, from, to, opens, closes });
    }
    start += span.text.length;
  }
  return runs;
}

/** Returns whether a run could open and whether it could close. */
function sidesOf(text: string, from: number, to: number): readonly [opens: boolean, closes: boolean] {
  const [left, right] = [before(text, from), after(text, to)];
  return [!isInWord(left) && !isSpace(right), !isSpace(left) && !isInWord(right)];
}

/** Returns whether a marker is certainly not recognised beside the character. */
const isInWord = (character: string): boolean => /^[\p{L}\p{M}\p{N}]$/u.test(character);
const isSpace = (character: string): boolean => character === '' || /^\s$/u.test(character);
