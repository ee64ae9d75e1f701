import type { OwnPhrases, PhraseKey, Phrases } from '../domain/phrase.ts';
import { ar } from './phrases/ar.ts';
import { bn } from './phrases/bn.ts';
import { de } from './phrases/de.ts';
import { en } from './phrases/en.ts';
import { es } from './phrases/es.ts';
import { fa } from './phrases/fa.ts';
import { fr } from './phrases/fr.ts';
import { hi } from './phrases/hi.ts';
import { id } from './phrases/id.ts';
import { it } from './phrases/it.ts';
import { ms } from './phrases/ms.ts';
import { tr } from './phrases/tr.ts';
import { ur } from './phrases/ur.ts';

/** A new language is one file and one entry here; the compiler names what the file lacks. */
const LANGUAGES: ReadonlyMap<string, Phrases> = new Map(
  Object.entries({ ar, bn, de, en, es, fa, fr, hi, id, it, ms, tr, ur }),
);

/** Returns every phrase in every language, also those of the business. */
export function everyPhrase(own: OwnPhrases = {}): readonly string[] {
  return [...LANGUAGES.values(), ...Object.values(own)].flatMap((phrases) => Object.values(phrases ?? {}));
}

/**
 * Returns the phrase in the language (ISO 639-1); in English when the language has no phrases. `own` replaces phrases of a
 * language, and may hold languages that we do not have.
 */
export function phrase(key: PhraseKey, language: string, own: OwnPhrases = {}): string {
  return own[language]?.[key] ?? LANGUAGES.get(language)?.[key] ?? own.en?.[key] ?? en[key];
}
