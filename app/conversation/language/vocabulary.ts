import { COURTESIES } from './vocabulary/courtesies.ts';
import { cyrillic } from './vocabulary/cyrillic.ts';
import { en } from './vocabulary/en.ts';
import { fr } from './vocabulary/fr.ts';
import { id } from './vocabulary/id.ts';
import { others } from './vocabulary/others.ts';
import { tr } from './vocabulary/tr.ts';
import { transliterated } from './vocabulary/transliterated.ts';
import { ur } from './vocabulary/ur.ts';

/** Joined to the next word or the last one; see `words.ts`. */
const JOINED: Readonly<Record<string, string>> = {
  en: "'s 're 'll 've 'd 'm 't",
  fr: "l' d' j' qu' c' n' s' m' t' jusqu' lorsqu' puisqu'",
  it: "l' d' c' un' all' dell' nell' sull' dall'",
  tr: "'da 'de 'dan 'den 'nın 'nin 'nun 'nün 'ın 'in 'un 'ün 'ya 'ye 'yı 'yi 'daki 'deki 'a 'e",
};
const LISTS = [{ en, fr, id, tr, ur }, others, transliterated, cyrillic, JOINED, COURTESIES];
const COURTEOUS = new Set(Object.values(COURTESIES).flatMap((list) => list.split(' ')));
const NONE: readonly string[] = [];

let index: ReadonlyMap<string, readonly string[]> | undefined;

/** The languages that have a word in their list. The index is built for the first word that is asked for. */
export function languagesWith(word: string): readonly string[] {
  index ??= buildIndex();
  return index.get(word) ?? NONE;
}

/** Whether a word is one that people say around a question, such as thanks. */
export function isCourtesy(word: string): boolean {
  return COURTEOUS.has(word);
}

/** Marks are often left out on phones, so a word is in the index without them too. */
function buildIndex(): Map<string, readonly string[]> {
  const languages = new Map<string, Set<string>>();
  for (const lists of LISTS) {
    for (const [language, list] of Object.entries(lists)) {
      for (const word of list.match(/\S+/g) ?? []) {
        for (const spelling of [word, withoutMarks(word)]) {
          // Short words without their marks are other words: "à", "är".
          if (spelling !== word && spelling.length < 3) continue;
          languages.set(spelling, (languages.get(spelling) ?? new Set()).add(language));
        }
      }
    }
  }
  // Most words are of one language; they share its array.
  const arrays = new Map<string, readonly string[]>();
  return new Map(
    [...languages].map(([word, set]) => {
      const key = [...set].join();
      const array = arrays.get(key) ?? [...set];
      arrays.set(key, array);
      return [word, array];
    }),
  );
}

function withoutMarks(word: string): string {
  // The marks of Cyrillic make letters of their own.
  if (/\p{Script=Cyrillic}/u.test(word)) return word;
  return word.normalize('NFD').replace(/\p{M}/gu, '').replace(/ı/gu, 'i');
}
