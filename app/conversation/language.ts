import { functionWords } from './language/function-words.ts';
import { arabicScript, cyrillicLetters, latinLetters } from './language/letters.ts';
import { guess } from './language/library.ts';
import { dominantScript, languageOfScript, type Script, writes } from './language/scripts.ts';

/** Below this a guess by statistics is a coin toss: "Hi", names, single words of any language. */
const FEWEST_LETTERS = 20;
/** Enough to know a language by. A person may send far more, and everybody else's turns wait meanwhile. */
const MOST_UNITS = 2_000;
/** So many of a short text's words must be small ones of one language: names and greetings have one by accident. */
const HALF = 0.5;

/**
 * The ISO 639-1 code of the language a person wrote in. Never throws. The script decides first, then letters that one
 * language has, then its small words, then statistics; what is too short or has no letters is in the language `known`
 * from earlier messages, or English.
 */
export async function detectLanguage(text: string, known?: string): Promise<string> {
  const words = withoutAddresses(text).slice(0, MOST_UNITS).normalize('NFC');
  const script = dominantScript(words);
  if (script === undefined) return known ?? 'en';
  if (script === 'Arabic') return arabicScript(words, known);
  if (script === 'Latin' || script === 'Cyrillic') return ofSharedScript(words, script, known);
  return languageOfScript(script, words, known);
}

/** Word by word: one expression for the whole would look for an `@` to the end of a long word from each of its letters. */
function withoutAddresses(text: string): string {
  return text.replace(/\S+/g, (word) =>
    /\S@\S/.test(word) ? '' : word.replace(/(https?:\/\/|www\.).+/s, ''),
  );
}

async function ofSharedScript(text: string, script: Script, known: string | undefined): Promise<string> {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  const isLong = letters >= FEWEST_LETTERS;
  const certain =
    functionWords(text, isLong ? 0 : HALF, known) ??
    (script === 'Latin' ? latinLetters(text) : cyrillicLetters(text));
  if (certain !== undefined) return certain;
  const fallback = known !== undefined && writes(known, script) ? known : script === 'Latin' ? 'en' : 'ru';
  if (!isLong) return script === 'Latin' ? (known ?? fallback) : fallback;
  return (await guess(text, script, known)) ?? fallback;
}
