import type { Script } from './scripts.ts';

/**
 * What the statistics may answer, as ISO 639-3 for `franc` and ISO 639-1 for us. It knows eighty languages and takes
 * short texts for the smallest of them; these are the ones that people write to us in. Bosnian, Croatian and Serbian
 * are one language to it, Malay and Indonesian nearly.
 */
const CODES: Partial<Record<Script, Readonly<Record<string, string>>>> = {
  Latin: {
    eng: 'en',
    fra: 'fr',
    spa: 'es',
    por: 'pt',
    ita: 'it',
    deu: 'de',
    nld: 'nl',
    swe: 'sv',
    ron: 'ro',
    tur: 'tr',
    azj: 'az',
    uzn: 'uz',
    ind: 'id',
    zlm: 'ms',
    tgl: 'tl',
    vie: 'vi',
    swh: 'sw',
    som: 'so',
    hau: 'ha',
    yor: 'yo',
    hrv: 'bs',
  },
  Cyrillic: { rus: 'ru', ukr: 'uk', bel: 'be', bul: 'bg', srp: 'sr', kaz: 'kk' },
};

/** A known language that scores this much of the best one's points is not given up. */
const CLOSE = 0.85;
/**
 * In a question of a few words the statistics find Dutch or Malay as often as English, which has to be this much less
 * likely before another language is believed. English has no letters of its own and no accents.
 */
const ENGLISH_UP_TO = { letters: 60, score: 0.7 };
/** Indonesian and Malay differ less than their own texts do. */
const INDISTINGUISHABLE = 0.8;

/**
 * The likeliest language, undefined when the statistics have no opinion. Its tables take 20 MB, so they are loaded
 * with the first text that needs them.
 */
export async function guess(
  text: string,
  script: Script,
  known: string | undefined,
): Promise<string | undefined> {
  const codes = CODES[script];
  if (codes === undefined) return undefined;
  const { francAll } = await import('franc-min');
  const scores = new Map<string, number>();
  for (const [code, score] of francAll(text, { only: Object.keys(codes) })) {
    const language = codes[code];
    if (language !== undefined) scores.set(language, score);
  }
  const [best] = scores.keys();
  if (known !== undefined && (scores.get(known) ?? 0) >= CLOSE) return known;
  const letters = text.match(/\p{L}/gu) ?? [];
  const looksEnglish = letters.length < ENGLISH_UP_TO.letters && letters.every((letter) => letter <= 'z');
  if (looksEnglish && (scores.get('en') ?? 0) >= ENGLISH_UP_TO.score) return 'en';
  if (best === 'ms' && known !== 'ms' && (scores.get('id') ?? 0) >= INDISTINGUISHABLE) return 'id';
  return best;
}
