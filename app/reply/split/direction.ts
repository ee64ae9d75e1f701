/** Left-to-right or right-to-left; undefined where no character decides. */
export type Direction = 'ltr' | 'rtl' | undefined;

const STRONG = /[\p{L}\u200E\u200F\u061C]/u;
const RIGHT_TO_LEFT =
  /[\u200F\u061C\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}\p{Script=Hanifi_Rohingya}\p{Script=Mandaic}\p{Script=Samaritan}]/u;

/** Returns the direction of the first strong character, as WhatsApp and Unicode's UAX #9 (rules P2, P3) do. */
export function directionOf(text: string): Direction {
  const strong = STRONG.exec(text)?.[0];
  if (strong === undefined) return undefined;
  return RIGHT_TO_LEFT.test(strong) ? 'rtl' : 'ltr';
}

/**
 * Returns the directional mark that a part needs to keep the direction of the line that it continues: it may begin with an
 * English name in the middle of an Arabic sentence, or hold nothing but its numbers, which alone run left-to-right.
 * `first` is the direction of its first word, `rest` that of the line from there on, of which the part may end anywhere.
 */
export function bidiMarkFor(line: Direction, first: Direction, rest: Direction): string {
  if (line === 'rtl' && first !== 'rtl') return '\u200F';
  if (line === 'ltr' && rest === 'rtl') return '\u200E';
  return '';
}
