/**
 * Excludes characters that are invisible on a phone: white space, default ignorable ones (zero-width characters, direction
 * marks, variation selectors, fillers such as U+3164), controls, lone surrogates, and the empty braille cell. A message of
 * these alone is blank.
 */
const VISIBLE = /[^\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cs}\u2800]/u;

/** Returns whether the text has a visible character. Used for both questions and answers. */
export function hasVisibleText(text: string): boolean {
  return VISIBLE.test(text);
}
