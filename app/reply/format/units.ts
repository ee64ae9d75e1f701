import type { Span } from '../markup.ts';

/** A line costs work beside its words, and so many of them leave nothing to read: each counts as at least this. */
const MIN_OF_LINE = 6;

/** What the words take of a message, in UTF-16 units with line feeds, short lines counted as longer ones. */
export function unitsOf(spans: readonly Span[]): number {
  let units = 0;
  let line = 0;
  for (const { text } of spans) {
    let from = 0;
    for (let feed = text.indexOf('\n'); feed >= 0; feed = text.indexOf('\n', from)) {
      units += Math.max(MIN_OF_LINE, line + feed - from + 1);
      line = 0;
      from = feed + 1;
    }
    line += text.length - from;
  }
  return units + Math.max(MIN_OF_LINE, line + 1);
}
