import { cyrillicLetters, latinLetters } from './letters.ts';
import { isSharedTerm } from './terms.ts';
import { isCourtesy, languagesWith } from './vocabulary.ts';
import { wordsIn } from './words.ts';

/** So much of a text must be words of the language: any text has a word that another language has by accident. */
const LEAST_SHARE = 0.3;
/** So many words more than the language known so far has. */
const LEAD = 2;
/** A text of so few words is told by a single one, when nothing else is known. */
const FEW_WORDS = 2;
/**
 * Languages that have most words in common with a larger one. The text is theirs when it has clearly more of their words,
 * or when the person is known to write them. Hindi looks like Urdu in Latin letters.
 */
const LIKE: Readonly<Record<string, string>> = { ms: 'id', az: 'tr', hi: 'ur' };

interface Evidence {
  readonly votes: ReadonlyMap<string, number>;
  /** How many words could have told a language. */
  readonly words: number;
}

/** The language whose words a text has, undefined when they do not tell. Terms, single letters and numbers have no vote. */
export function languageByWords(
  text: string,
  script: 'Latin' | 'Cyrillic',
  known: string | undefined,
): string | undefined {
  const own = script === 'Cyrillic' ? cyrillicLetters(text) : undefined;
  if (own !== undefined) return own;
  const { votes, words } = evidence(text, script, known === undefined);
  const language = leader(votes, known);
  const count = votes.get(language ?? '') ?? 0;
  // A hyphen marks what is recognised only so that it is not taken for another language.
  if (language === undefined || language === known || language.includes('-')) return undefined;
  if (count < 2) return known === undefined && words <= FEW_WORDS ? language : undefined;
  if (count < LEAST_SHARE * words) return undefined;
  return known === undefined || count >= (votes.get(known) ?? 0) + LEAD ? language : undefined;
}

function evidence(text: string, script: string, courtesiesCount: boolean): Evidence {
  const votes = new Map<string, number>();
  let words = 0;
  const inScript = script === 'Latin' ? /^[\p{Script=Latin}\p{N}'\p{M}]+$/u : /^[\p{Script=Cyrillic}\p{M}]+$/u;
  for (const word of wordsIn(text)) {
    if (!inScript.test(word) || /^[a-z]$/.test(word) || isSharedTerm(word)) continue;
    if (!courtesiesCount && isCourtesy(word)) continue;
    words += 1;
    const listed = languagesWith(word);
    for (const language of listed.length > 0 ? listed : latinLetters(word)) {
      votes.set(language, (votes.get(language) ?? 0) + 1);
    }
  }
  return { votes, words };
}

/** The language of most words, undefined when two have as many. */
function leader(votes: ReadonlyMap<string, number>, known: string | undefined): string | undefined {
  const weighed = new Map(votes);
  for (const [small, large] of Object.entries(LIKE)) {
    const shared = votes.get(large) ?? 0;
    if (known === small) {
      // What both have is theirs whom we know.
      if (shared < (votes.get(small) ?? 0) + LEAD || small === 'hi') weighed.delete(large);
      weighed.set(small, Math.max(votes.get(small) ?? 0, small === 'hi' ? shared : 0));
    } else if (shared > 0 && (votes.get(small) ?? 0) < shared + LEAD) weighed.delete(small);
  }
  const [best, second] = [...weighed].sort(([, left], [, right]) => right - left);
  return best !== undefined && best[1] > (second?.[1] ?? 0) ? best[0] : undefined;
}
