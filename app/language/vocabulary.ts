import { bn } from './vocabulary/bn.ts';
import { COURTESIES } from './vocabulary/courtesies.ts';
import { cyrillic } from './vocabulary/cyrillic.ts';
import { de } from './vocabulary/de.ts';
import { en } from './vocabulary/en.ts';
import { es } from './vocabulary/es.ts';
import { fr } from './vocabulary/fr.ts';
import { hi } from './vocabulary/hi.ts';
import { id } from './vocabulary/id.ts';
import { it } from './vocabulary/it.ts';
import { ms } from './vocabulary/ms.ts';
import { others } from './vocabulary/others.ts';
import { tr } from './vocabulary/tr.ts';
import { transliterated } from './vocabulary/transliterated.ts';
import { ur } from './vocabulary/ur.ts';

/** Joined to the next word or the last one; see `words.ts`. */
const JOINED: Readonly<Record<string, string>> = {
  en: "'s 're 'll 've 'd 'm",
  fr: "l' d' j' qu' c' n' s' m' t' jusqu' lorsqu' puisqu'",
  it: "l' d' c' un' all' dell' nell' sull' dall'",
  tr: "'da 'de 'dan 'den 'nın 'nin 'nun 'nün 'ın 'in 'un 'ün 'ya 'ye 'yı 'yi 'daki 'deki",
};
const LISTS = [
  { bn, de, en, es, fr, hi, id, it, ms, tr, ur },
  others,
  transliterated,
  cyrillic,
  JOINED,
  COURTESIES,
];
const COURTEOUS = new Set(Object.values(COURTESIES).flatMap(wordsOf));
const NONE: readonly string[] = [];

/** Of a word, its languages with spaces between them: thousands of arrays would take megabytes. */
let index: ReadonlyMap<string, string> | undefined;

/** The languages that have a word in their list. The index is built for the first word that is asked for. */
export function languagesWith(word: string): readonly string[] {
  index ??= buildIndex();
  return index.get(word)?.split(' ') ?? NONE;
}

/** Whether a word is one that people say around a question, such as thanks. */
export function isCourtesy(word: string): boolean {
  return COURTEOUS.has(word);
}

/** Marks are often left out on phones, so a word is in the index without them too. */
function buildIndex(): Map<string, string> {
  const languagesOf = new Map<string, string>();
  function add(word: string, language: string): void {
    const others = languagesOf.get(word);
    if (others === undefined) languagesOf.set(word, language);
    else if (!others.split(' ').includes(language)) languagesOf.set(word, `${others} ${language}`);
  }
  for (const lists of LISTS) {
    for (const [language, list] of Object.entries(lists)) {
      for (const word of wordsOf(list)) {
        add(word, language);
        const plain = withoutMarks(word);
        // Short words without their marks are other words: "à", "är".
        if (plain !== word && plain.length > 2) add(plain, language);
      }
    }
  }
  return languagesOf;
}

function wordsOf(list: string): string[] {
  return list.match(/\S+/g) ?? [];
}

function withoutMarks(word: string): string {
  // The marks of Cyrillic make letters of their own.
  if (!/[\u00e0-\u024f\u1e00-\u1eff]/.test(word)) return word;
  return word
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/ı/g, 'i');
}
