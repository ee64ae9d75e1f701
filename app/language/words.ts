import { isTerm } from './terms.ts';

/** What sets off a name or a term in Latin letters: `al-Khattab`, `an-Nasr`, `Salat ul-Tasbih`. */
const ARTICLES = /(?<![a-z'-])(?:a[lnrstzd]|ash|ath|adh|el|ul|ibn|abd)-[a-z']+/g;
const WORD = /[\p{L}\p{N}][\p{L}\p{M}\p{N}]*(?:'[\p{L}\p{M}\p{N}]+)*/gu;
/** Before the word that it was joined to: French and Italian. */
const ELIDED = /^((?:l|d|j|qu|c|n|s|m|t|un|all|dell|nell|sull|dall|jusqu|lorsqu|puisqu)')(.{2,})$/u;
/** English, as "don't" and as "what's". */
const NOT = /^(.+n)'t$/u;
const SHORTENED = /^(.+)('(?:s|re|ll|ve|d|m))$/u;
/** The endings of a Turkish name. */
const ENDED = /^(.{3,})('(?:da|de|dan|den|nın|nin|nun|nün|ın|in|un|ün|ya|ye|yı|yi|daki|deki))$/u;

/** The words of a text in small letters, without addresses and numbers. What an apostrophe joined is two words. */
export function wordsIn(text: string): string[] {
  const plain = withoutAddresses(text)
    .replace(/[’ʻ‘ʼ`´]/gu, "'")
    .toLowerCase()
    .replace(/i\u0307/gu, 'i')
    // "pleaaase"
    .replace(/([a-z])\1{2,}/g, '$1')
    .replace(ARTICLES, ' ');
  return (plain.match(WORD) ?? []).flatMap(parts).filter((word) => !/^\p{N}+$/u.test(word));
}

function parts(word: string): string[] {
  if (!word.includes("'") || isTerm(word)) return [word];
  const [, negated] = NOT.exec(word) ?? [];
  if (negated !== undefined) return [`${negated}t`];
  const [, first, last] = ELIDED.exec(word) ?? SHORTENED.exec(word) ?? ENDED.exec(word) ?? [];
  return first !== undefined && last !== undefined ? [first, last] : [word];
}

/** Word by word: one expression for the whole would look for an `@` to the end of a long word from each of its letters. */
export function withoutAddresses(text: string): string {
  return text.replace(/\S+/g, (word) =>
    /\S@\S/.test(word) ? '' : word.replace(/(https?:\/\/|www\.).+/s, ''),
  );
}
