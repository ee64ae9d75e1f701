import { START_WORDS, STOP_WORDS } from './opt-out-words.ts';

/** Longer than any phrase of the lists. */
const MAX_UNITS = 100;
/**
 * Marks that people leave out: accents, Arabic vowels and hamzas. Not the vowels of Indic scripts, which tell words apart:
 * those belong to one script.
 */
const MARKS = /(?=\p{M})\p{Script=Inherited}|[\u0610-\u061A\u06D6-\u06ED\u0640]/gu;
/** Letters that keyboards of neighbouring languages write differently. */
const SAME_LETTERS: ReadonlyMap<string, string> = new Map(
  Object.entries({ ı: 'i', ک: 'ك', ی: 'ي', ى: 'ي', ہ: 'ه', ة: 'ه', ۃ: 'ه' }),
);

const STOPS = normalised(STOP_WORDS);
const STARTS = normalised(START_WORDS);

/**
 * Returns what a message that holds nothing but such a word asks for, in any of our languages: `stop` for no more messages,
 * `start` for messages again; undefined for every other message. Case, punctuation and marks do not matter.
 */
export function optOutWord(text: string): 'stop' | 'start' | undefined {
  if (text.length > MAX_UNITS) return undefined;
  const word = normalise(text);
  if (STOPS.has(word)) return 'stop';
  return STARTS.has(word) ? 'start' : undefined;
}

function normalised(words: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...words].map(normalise));
}

function normalise(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .normalize('NFKD')
    .replace(MARKS, '')
    .replace(/\p{L}/gu, (letter) => SAME_LETTERS.get(letter) ?? letter)
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim();
}
