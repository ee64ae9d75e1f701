import { arabicScript } from './arabic.ts';
import { languageByWords } from './evidence.ts';
import { dominantScript, languageOfScript, type Script, writes } from './scripts.ts';
import { withoutAddresses } from './words.ts';

/** Enough to recognise a language. A longer text would delay other turns. */
const MAX_UNITS = 2_000;
/** Addresses are removed before the text is cut, and a text may begin with a long one. */
const MAX_UNITS_WITH_ADDRESSES = 4 * MAX_UNITS;

/**
 * Resolves to the ISO 639-1 code of the language for a reply. Never rejects. A text without evidence keeps the language
 * `known` from earlier messages; without one, the script has a default: English for Latin letters, numbers and emoji.
 */
export async function detectLanguage(text: string, known?: string): Promise<string> {
  return recogniseLanguage(text, known) ?? defaultLanguage(text, known);
}

/**
 * Returns the language of the text; undefined when it has too little evidence: greetings, terms, names. With a language
 * `known` from earlier messages, another one of the same script needs more evidence. Never throws.
 */
export function recogniseLanguage(text: string, known?: string): string | undefined {
  const start = beginning(text);
  const script = dominantScript(start);
  return script === undefined ? undefined : fromScript(start, script, known);
}

/** Returns the language for a text without evidence of its own. */
export function defaultLanguage(text: string, known?: string): string {
  if (dominantScript(beginning(text)) !== 'Cyrillic') return known ?? 'en';
  return known !== undefined && writes(known, 'Cyrillic') ? known : 'ru';
}

function fromScript(text: string, script: Script, known: string | undefined): string | undefined {
  if (script === 'Latin' && known !== undefined && hasWordsOf(known, text)) return known;
  if (script === 'Latin' || script === 'Cyrillic') return languageByWords(text, script, known);
  if (script !== 'Arabic') return languageOfScript(script, text, known);
  // A quotation is often longer than the question about it.
  const mayQuote = known === undefined || writes(known, 'Latin');
  const around = mayQuote ? languageByWords(text, 'Latin', known ?? 'ar') : undefined;
  return around ?? arabicScript(text, known);
}

/** Returns whether a text is a Latin quotation surrounded by text in the other script of the known language. */
function hasWordsOf(known: string, text: string): boolean {
  const around = text.replace(/[a-z]+/gi, ' ');
  const script = dominantScript(around);
  if (script === undefined || script === 'Latin' || !writes(known, script)) return false;
  const words = around.match(/[\p{L}\p{M}]+/gu) ?? [];
  return words.length > 1 && (script !== 'Arabic' || arabicScript(around, known) === known);
}

function beginning(text: string): string {
  return withoutAddresses(text.slice(0, MAX_UNITS_WITH_ADDRESSES)).slice(0, MAX_UNITS).normalize('NFC');
}
