/** What sets off a name or a term in Latin letters: `al-Khattab`, `an-Nasr`, `Salat ul-Tasbih`. */
const ARTICLES = /(?<![a-z'-])(?:a[lnrstzd]|ash|ath|adh|el|ul|ibn|abd)-[a-z']+/g;
const WORD = /[\p{L}\p{N}][\p{L}\p{M}\p{N}]*(?:'[\p{L}\p{M}\p{N}]+)*/gu;
/** Before the word that it was joined to: French and Italian. */
const ELIDED = /^((?:l|d|j|qu|c|n|s|m|t|un|all|dell|nell|sull|dall|jusqu|lorsqu|puisqu)')(.{2,})$/u;
/** After the word: English, and the Turkish endings of a name. */
const SUFFIXED =
  /^(.{2,})('(?:s|re|ll|ve|d|m|t|da|de|dan|den|nın|nin|nun|nün|ın|in|un|ün|ya|ye|yı|yi|daki|deki|a|e))$/u;

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
  if (!word.includes("'")) return [word];
  const [, prefix, rest] = ELIDED.exec(word) ?? [];
  if (prefix !== undefined && rest !== undefined) return [prefix, rest];
  const [, stem, suffix] = SUFFIXED.exec(word) ?? [];
  return stem !== undefined && suffix !== undefined ? [stem, suffix] : [word];
}

/** Word by word: one expression for the whole would look for an `@` to the end of a long word from each of its letters. */
export function withoutAddresses(text: string): string {
  return text.replace(/\S+/g, (word) =>
    /\S@\S/.test(word) ? '' : word.replace(/(https?:\/\/|www\.).+/s, ''),
  );
}
