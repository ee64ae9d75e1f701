import type { Span } from '../markup.ts';

/** Minimum that a line counts: a line costs work beyond its text, and an answer of very many short ones is unreadable. */
const MIN_OF_LINE = 6;

/** Returns the size of the text in a message in UTF-16 units, including line feeds, with a minimum per line. */
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
