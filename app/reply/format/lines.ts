import type { Line, Span } from '../markup.ts';
import { settle } from './markers.ts';
import { unitsOf } from './units.ts';

/** The position of a line in the message. */
export interface Place {
  readonly quoted: boolean;
  /** Number of lists around it. */
  readonly depth: number;
}

const INDENT = '  ';
const DEEPEST_INDENT = 2;

/** Returns the indentation for this depth of lists; bounded, since a phone is narrow. */
export const indent = (levels: number): string =>
  INDENT.repeat(Math.max(0, Math.min(levels, DEEPEST_INDENT)));

/**
 * Returns the lines of spans that may hold line feeds, with their markers settled. Empty lines are left out. Yields the size
 * of each line.
 */
export function* linesOfSpans(spans: readonly Span[], place: Place): Generator<number, Line[]> {
  const lines: Line[] = [];
  for (const line of splitAtFeeds(spans)) {
    const settled = settle(trimmed(line));
    yield unitsOf(line);
    if (settled.length === 0) continue;
    lines.push({ gap: 1, quoted: place.quoted, prefix: indent(place.depth - 1), spans: settled });
  }
  return lines;
}

function splitAtFeeds(spans: readonly Span[]): Span[][] {
  const lines: Span[][] = [];
  let line: Span[] = [];
  for (const span of spans) {
    for (const [index, text] of span.text.split(/\r\n|\r|\n/).entries()) {
      if (index > 0) {
        lines.push(line);
        line = [];
      }
      if (text !== '') line.push({ ...span, text });
    }
  }
  lines.push(line);
  return lines;
}

/** Removes the spaces at both ends of a line, which have no meaning in Markdown. */
function trimmed(line: readonly Span[]): Span[] {
  const first = line.findIndex(({ text }) => text.trim() !== '');
  if (first < 0) return [];
  const last = line.findLastIndex(({ text }) => text.trim() !== '');
  return line.slice(first, last + 1).map((span, index) => {
    let { text } = span;
    if (index === 0) text = text.trimStart();
    if (index === last - first) text = text.trimEnd();
    return { ...span, text };
  });
}

/** Returns the lines with this gap before the first one. */
export function below(gap: number, lines: readonly Line[]): Line[] {
  return lines.map((line, index) => (index === 0 ? { ...line, gap } : line));
}
