import { withBalancedIsolates } from '../isolates.ts';

/**
 * Characters that no answer needs and that a phone may show as a box, or that may reverse a line: controls, lone surrogates,
 * private use, and bidirectional embeddings and overrides (UAX #9, 2.1 and 2.2).
 */
const UNWANTED = /(?![\n\t])[\p{Cc}\p{Cs}\uE000-\uF8FF\u202A-\u202E]/gu;
const LINE_ENDS = /\r\n?|[\u0085\u2028\u2029]/g;

/**
 * Returns the text with line feeds as its only line ends and without unwanted characters. Balanced isolates stay; the marks
 * U+200E, U+200F and U+061C and the joiners U+200C and U+200D always stay.
 */
export function cleanCharacters(text: string): string {
  const clean = text
    .replace(LINE_ENDS, '\n')
    .replace(/[\v\f]/g, ' ')
    .replace(UNWANTED, '');
  return withBalancedIsolates(clean);
}

/** Returns whether the character belongs to a word or a number. */
export const isInWord = (character: string): boolean => /[\p{L}\p{N}]/u.test(character);
