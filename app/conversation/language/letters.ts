import { writes } from './scripts.ts';

/** Letters that tell a language of the Arabic script from Arabic; the most decide, the first of equals. Kurdish is Sorani. */
const ONLY_IN: readonly (readonly [string, RegExp])[] = [
  ['ur', /[ٹڈڑںےۓہھ]/gu],
  ['ps', /[ټډړږښڼځڅېۍګ]/gu],
  ['ku', /[ڕڵۆێە]/gu],
  ['sd', /[ٻڀڄڃڏڌڊڙڳڱٺٿڦڪ]/gu],
  ['ug', /[ڭۈۇۋەېۆ]/gu],
];
/** Persian has these, Arabic the others; each borrows a few, so they are counted. */
const PERSIAN = /[پچژگکی]/gu;
const ARABIC = /[ةىيكإ]/gu;
/** In Arabic keyboards' letters too: many Persians type on one. */
const PERSIAN_WORDS =
  /(?<![\p{L}\p{M}])(است|را|که|كه|از|به|این|اين|آیا|آيا|برای|براي|می|مي|چیست|چيست|چه)(?![\p{L}\p{M}])/gu;

/** The language of a text in Arabic letters. Letters decide, however short the text is. */
export function arabicScript(text: string, known: string | undefined): string {
  const count = (letters: RegExp): number => text.match(letters)?.length ?? 0;
  let best: string | undefined;
  let most = 0;
  for (const [language, letters] of ONLY_IN) {
    const letterCount = count(letters);
    if (letterCount > most) [best, most] = [language, letterCount];
  }
  const arabic = count(ARABIC);
  if (best !== undefined && most > arabic / 2) return best;
  const words = count(PERSIAN_WORDS);
  const persian = count(PERSIAN) + 3 * words;
  const others = known !== undefined && known !== 'ar' && writes(known, 'Arabic') ? known : undefined;
  // Urdu and its neighbours have Persian's letters too.
  if (persian > arabic) return (words === 0 ? others : undefined) ?? 'fa';
  return (persian === 0 && arabic === 0 ? others : undefined) ?? 'ar';
}

/** The language that alone has the letters, undefined when there are none. */
export function cyrillicLetters(text: string): string | undefined {
  const has = (letters: RegExp): boolean => letters.test(text);
  if (has(/[ӣӯҷ]/iu)) return 'tg';
  if (has(/[җ]/iu)) return 'tt';
  if (has(/[ұі]/iu) && has(/[әғқңөүһұ]/iu)) return 'kk';
  if (has(/ў/iu) && has(/[қғҳ]/iu)) return 'uz';
  if (has(/ҳ/iu)) return 'tg';
  if (has(/[әғқұ]/iu)) return 'kk';
  if (has(/[ңөү]/iu)) return 'ky';
  if (has(/[їєґ]/iu)) return 'uk';
  if (has(/[ў]/iu)) return 'be';
  if (has(/[ѓќѕ]/iu)) return 'mk';
  if (has(/[ђћљњџј]/iu)) return 'sr';
  return has(/[ыэё]/iu) ? 'ru' : undefined;
}

export function latinLetters(text: string): string | undefined {
  const has = (letters: RegExp): boolean => letters.test(text);
  if (has(/[əƏ]/u)) return 'az';
  if (has(/[ğıİ]/u) || (has(/ş/iu) && has(/[öüç]/iu))) return 'tr';
  if (has(/[ɗɓƙ]/iu)) return 'ha';
  if (has(/[ơưạảấầẩậắặẹẻếềểệịọỏốồổộớờởợụủứừửựỳỵỷ]/iu)) return 'vi';
  if (has(/(?<!\p{L})[^\W\d]*[og][ʻ‘]\p{L}/iu)) return 'uz';
  if (has(/[łżźśćńęą]/iu) && has(/[łżśęą]/iu)) return 'pl';
  if (has(/[őű]/iu)) return 'hu';
  return has(/ß/u) ? 'de' : undefined;
}
