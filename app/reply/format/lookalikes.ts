/**
 * Returns the nearest character that looks the same, is neutral in direction too, and is never a marker. An invisible character
 * beside the marker would keep the original, but works only if WhatsApp treats it as a letter; that is undocumented, and if
 * it is wrong the characters are lost.
 */
const LOOKALIKES: Readonly<Record<string, string>> = { '*': '∗', _: 'ˍ', '~': '∼', '`': 'ˋ' };

export function withLookalikes(text: string): string {
  return text.replace(/[*_~`]/g, (character) => LOOKALIKES[character] ?? character);
}
