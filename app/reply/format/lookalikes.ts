/**
 * The nearest character that looks the same, is neutral in direction too, and is never a marker. An invisible
 * character beside the marker would keep the original, but works only if WhatsApp takes it for a letter, which is
 * documented nowhere and would cost the reader the characters if it is wrong.
 */
const LOOKALIKES: Readonly<Record<string, string>> = { '*': '∗', _: 'ˍ', '~': '∼', '`': 'ˋ' };

export function withLookalikes(text: string): string {
  return text.replace(/[*_~`]/g, (character) => LOOKALIKES[character] ?? character);
}
