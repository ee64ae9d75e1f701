import type { Emphasis, Span } from '../markup.ts';

/** A run of characters without spaces within one span, and the spaces after it. */
export interface Word {
  readonly text: string;
  readonly within: readonly Emphasis[];
  readonly space: string;
  /** Offset of the end of its space in the line's text. */
  readonly end: number;
}

/** Spaces at which a part may end: all but the non-breaking ones (French `mot !`). */
const SPACES = /[^\S\u00A0\u2007\u202F\uFEFF]+/g;

/** Returns the words of one line. Spaces before the first one (indented code) belong to it. */
export function wordsOf(spans: readonly Span[]): Word[] {
  const words: Word[] = [];
  let offset = 0;
  let indent = '';
  const add = (text: string, within: readonly Emphasis[], end: number): void => {
    if (text === '') return;
    words.push({ text: indent + text, within, space: '', end });
    indent = '';
  };
  const addSpace = (space: string, end: number): void => {
    const last = words.at(-1);
    if (last) words[words.length - 1] = { ...last, space: last.space + space, end };
    else indent += space;
  };
  for (const { text, within } of spans) {
    let at = 0;
    for (const match of text.matchAll(SPACES)) {
      add(text.slice(at, match.index), within, offset + match.index);
      at = match.index + match[0].length;
      addSpace(match[0], offset + at);
    }
    add(text.slice(at), within, offset + text.length);
    offset += text.length;
  }
  return words;
}
