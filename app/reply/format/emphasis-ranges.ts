import type { Emphasis, Span } from '../markup.ts';

/** Returns the character before `at`, '' at the start. */
export function before(text: string, at: number): string {
  const last = text.charAt(at - 1);
  if (last < '\uDC00' || last > '\uDFFF') return last;
  const first = text.charAt(at - 2);
  return first >= '\uD800' && first <= '\uDBFF' ? first + last : last;
}

/** Returns the character at `at`, '' at the end. */
export function after(text: string, at: number): string {
  const point = text.codePointAt(at);
  return point === undefined ? '' : String.fromCodePoint(point);
}

export interface EmphasisRange {
  readonly emphasis: Emphasis;
  readonly from: number;
  readonly to: number;
}

/** Returns the ranges of emphasis in the line, without spaces at their ends. An address divides a range. */
export function emphasisRanges(spans: readonly Span[], text: string): EmphasisRange[] {
  const found: EmphasisRange[] = [];
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
