/**
 * What leaves no mark on a phone's screen: white space, what Unicode tells renderers to ignore (zero-width characters,
 * direction marks, variation selectors, fillers such as U+3164), controls, lone surrogates, and the empty braille cell.
 * A message of these alone is blank to its reader.
 */
const VISIBLE = /[^\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cs}\u2800]/u;

/** Whether a reader would see anything of the text: the one rule for questions and for answers. */
export function hasVisibleText(text: string): boolean {
  return VISIBLE.test(text);
}
