import { cyrillicLetters, latinLetters } from './letters.ts';
import { isSpellingOfTerm, isTerm } from './terms.ts';
import { isCourtesy, languagesWith } from './vocabulary.ts';
import { wordsIn } from './words.ts';

/** Minimum share of the text's words: any text has a word that another language happens to have too. */
const MIN_SHARE = 0.3;
/** Minimum lead in words over the known language. */
const LEAD = 2;
/** In a text of at most this many words one is enough, when no language is known. */
const FEW_WORDS = 2;
/**
 * Languages that share most words with a larger one. A text is theirs when it has so many more of their words, or when the
 * person is known to write them. Azerbaijani takes two: a mistake would answer a Turk in English, which has phrases.
 */
const LIKE: readonly (readonly [small: string, large: string, lead: number])[] = [
  ['ms', 'id', 1],
  ['hi', 'ur', 1],
  ['az', 'tr', 2],
];

/** How a word of the script begins; digits belong to Arabic in Latin letters. */
const BEGINNINGS = {
  Latin: /^[a-z0-9\u00df-\u024f\u1e00-\u1eff\u0250-\u02af]/,
  Cyrillic: /^[\u0400-\u052f]/,
};

interface Evidence {
  readonly votes: ReadonlyMap<string, number>;
  /** The languages that have one of the words in their list. */
  readonly listed: ReadonlySet<string>;
  /** How many words could have voted. */
  readonly words: number;
}

/**
 * Returns the language of the text's words; undefined when they are too few or of several languages. Terms, single letters
 * and numbers have no vote.
 */
export function languageByWords(
  text: string,
  script: 'Latin' | 'Cyrillic',
  known: string | undefined,
): string | undefined {
  const own = script === 'Cyrillic' ? cyrillicLetters(text, known) : undefined;
  if (own !== undefined) return own;
  const { votes, listed, words } = evidence(text, script, known);
  const language = leader(votes, known);
  // A hyphen marks what is recognised only so that it is not taken for another language.
  if (language === undefined || language.includes('-')) return undefined;
  const count = votes.get(language) ?? 0;
  if (known === undefined) {
    return count >= Math.max(2, MIN_SHARE * words) || words <= FEW_WORDS ? language : undefined;
  }
  if (language === known) return known;
  // Names have letters of another language too, so letters alone are not enough.
  const isEnough = count >= MIN_SHARE * words && count >= (votes.get(known) ?? 0) + LEAD;
  return isEnough && listed.has(language) ? language : undefined;
}

function evidence(text: string, script: 'Latin' | 'Cyrillic', known: string | undefined): Evidence {
  const votes = new Map<string, number>();
  const listed = new Set<string>();
  let words = 0;
  let previous = '';
  for (const word of wordsIn(text)) {
    for (const language of languagesWith(`${previous}_${word}`)) {
      votes.set(language, (votes.get(language) ?? 0) + 1);
    }
    previous = word;
    if (!BEGINNINGS[script].test(word) || /^[a-z]$/.test(word)) continue;
    if (isTerm(word) || (known !== undefined && isCourtesy(word))) continue;
    const languages = languagesWith(word);
    if (languages.length === 0 && isSpellingOfTerm(word)) continue;
    words += 1;
    for (const language of languages) listed.add(language);
    for (const language of languages.length > 0 ? languages : latinLetters(word)) {
      votes.set(language, (votes.get(language) ?? 0) + 1);
    }
  }
  return { votes, listed, words };
}

/** Returns the language with most votes; undefined for a tie. */
function leader(votes: ReadonlyMap<string, number>, known: string | undefined): string | undefined {
  const count = (language: string): number => votes.get(language) ?? 0;
  const passedOver = new Set(
    LIKE.map(([small, large, lead]) => {
      const [rival, favoured] = known === small ? [large, small] : [small, large];
      const needed = known === small || known === large ? LEAD : lead;
      return count(rival) < count(favoured) + needed ? rival : undefined;
    }),
  );
  const [best, second] = [...votes]
    .filter(([language]) => !passedOver.has(language))
    .sort(([, left], [, right]) => right - left);
  return best !== undefined && best[1] > (second?.[1] ?? 0) ? best[0] : undefined;
}
