import type { Emphasis, Span } from '../markup.ts';
import { doubleLiterals } from './literals.ts';
import { after, before, stretches } from './stretches.ts';

/**
 * WhatsApp takes a character for a marker only at the border of a word: line end, space, punctuation or symbol on its
 * outer side, no space on its inner side. It has no escape character. So two things are settled here, for one line:
 * a stretch of emphasis whose markers would show is dropped, and characters of the text that would be taken for
 * markers are replaced by their doubles.
 */
export function settle(spans: readonly Span[]): readonly Span[] {
  return doubleLiterals(dropUnrecognised(spans));
}

const BORDER = /^[\s\p{P}\p{S}]$/u;
const isBorder = (character: string): boolean => character === '' || BORDER.test(character);

function dropUnrecognised(spans: readonly Span[]): readonly Span[] {
  if (spans.every(({ within }) => within.length === 0)) return spans;
  const text = spans.map((span) => span.text).join('');
  const dropped = new Set<Emphasis>();
  for (const { emphasis, from, to } of stretches(spans, text)) {
    if (emphasis.marker === '```') continue;
    const isOutside = isBorder(before(text, from)) && isBorder(after(text, to));
    if (from === to || !isOutside) dropped.add(emphasis);
  }
  if (dropped.size === 0) return spans;
  return spans.map((span) => ({ ...span, within: span.within.filter((emphasis) => !dropped.has(emphasis)) }));
}
