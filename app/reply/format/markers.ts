import type { Emphasis, Span } from '../markup.ts';
import { after, before, type EmphasisRange, emphasisRanges } from './emphasis-ranges.ts';
import { escapeMarkers } from './escape-markers.ts';

/**
 * WhatsApp recognises a marker only at the edge of a word: line end, space, punctuation or symbol on its outer side, no space
 * on its inner side. It has no escape character. So for one line: emphasis whose markers would be shown is dropped, or
 * separated by spaces from its neighbours, and characters of the text that would be taken for markers are replaced by
 * lookalikes.
 */
export function settle(spans: readonly Span[]): readonly Span[] {
  return escapeMarkers(dropUnrecognised(partTokens(spans)));
}

const BORDER = /^[\s\p{P}\p{S}]$/u;
const isBorder = (character: string): boolean => character === '' || BORDER.test(character);
const DIGIT = /^\p{Nd}$/u;

const textOf = (spans: readonly Span[]): string => spans.map((span) => span.text).join('');

function dropUnrecognised(spans: readonly Span[]): readonly Span[] {
  if (spans.every(({ within }) => within.length === 0)) return spans;
  const text = textOf(spans);
  const dropped = new Set<Emphasis>();
  for (const { emphasis, from, to } of emphasisRanges(spans, text)) {
    if (emphasis.marker === '```') continue;
    const isOutside = isBorder(before(text, from)) && isBorder(after(text, to));
    if (from === to || !isOutside) dropped.add(emphasis);
  }
  if (dropped.size === 0) return spans;
  return spans.map((span) => ({ ...span, within: span.within.filter((emphasis) => !dropped.has(emphasis)) }));
}

/**
 * Inserts a space where only markup separates a number from its neighbour, struck text from other text, or a label that ends
 * in a colon from its value.
 */
function partTokens(spans: readonly Span[]): readonly Span[] {
  if (spans.length < 2) return spans;
  const text = textOf(spans);
  const places = new Set<number>();
  for (const stretch of emphasisRanges(spans, text))
    for (const place of placesToPart(stretch, text)) places.add(place);
  const parted: Span[] = [];
  let at = 0;
  for (const span of spans) {
    const previous = parted.at(-1);
    const isBetweenDigits = DIGIT.test(before(text, at)) && DIGIT.test(after(text, at));
    if (previous && (isBetweenDigits || places.has(at))) parted.push(spaceBetween(previous, span));
    parted.push(span);
    at += span.text.length;
  }
  return parted.length === spans.length ? spans : parted;
}

function placesToPart({ emphasis, from, to }: EmphasisRange, text: string): number[] {
  const { marker } = emphasis;
  if (from === to || marker === '```') return [];
  const mustPart = (outer: string, inner: string): boolean =>
    !isBorder(outer) && (marker === '~' || DIGIT.test(outer) || DIGIT.test(inner));
  const [last, next] = [before(text, to), after(text, to)];
  const isLabel = /^[:：]$/.test(last) && /^\p{L}$/u.test(next);
  return [
    ...(mustPart(before(text, from), after(text, from)) ? [from] : []),
    ...(isLabel || mustPart(next, last) ? [to] : []),
  ];
}

const spaceBetween = (left: Span, right: Span): Span => ({
  text: ' ',
  within: left.within.filter((emphasis) => right.within.includes(emphasis)),
  address: false,
});
