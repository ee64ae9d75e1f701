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
  /(?<![\p{L}\p{M}])(است|را|که|كه|از|به|این|اين|آیا|آيا|برای|براي|می|مي|چیست|چيست|چه|در|شد|شده|شود|خود|دارد|دارم|هستم|روزه)(?![\p{L}\p{M}])/gu;
/** Of Persian and of its neighbours; Arabic has no such word. */
const NOT_ARABIC = /(?<![\p{L}\p{M}])نماز(?![\p{L}\p{M}])/gu;
/** Words of Urdu without a letter of its own. */
const URDU_WORDS =
  /(?<![\p{L}\p{M}])(کا|کی|کو|نے|اور|سے|جو|تک|گیا|کیا|کرو|کریں|کرنا|کوئی|ا[ُ]?س)(?![\p{L}\p{M}])/gu;

/** Greetings and formulas, in Arabic and in Urdu letters: Muslims of every language write them. */
const FORMULAS = new Set(
  `
  السلام سلام وعليكم وعلیکم عليكم علیکم ورحمة ورحمه ورحمت رحمة رحمه الله اللہ وبركاته وبرکاتہ وبركاتة جزاك جزاک جزاكم
  خيرا خیرا خير خیر الحمد لله للہ لا لاإله إله اله إلا الا محمد رسول سبحان سبحانه وبحمده العظيم ان إن أن انشاء شاء ما
  ماشاء بسم الرحمن الرحيم بارك فيك فيكم آمين امين أستغفر استغفر اكبر أكبر رمضان كريم مبارك عيد جمعة حول ولا قوة بالله
  انا إنا وإنا إليه اليه راجعون
  `.match(/\S+/g),
);
const VOWEL_MARKS = /[\u064B-\u0652\u0670]/gu;
/** Of the letters. People leave the vowels out; the Quran and books of prayers have them. */
const VOWELLED = 0.5;

/**
 * Returns the language of a text in the Arabic script. Letters decide, however short the text is. Undefined for a formula or a
 * verse when a language is known: those occur in every language.
 */
export function arabicScript(text: string, known: string | undefined): string | undefined {
  const formula = isFormula(text);
  if (known !== undefined && (formula || isVowelled(text))) return undefined;
  // In Urdu's letters it is more often Urdu than Persian, whose greetings are shorter.
  if (formula) return /[یکہے]/u.test(text) ? 'ur' : 'ar';
  const count = (letters: RegExp): number => text.match(letters)?.length ?? 0;
  let best: string | undefined;
  let most = 0;
  for (const [language, letters] of ONLY_IN) {
    const letterCount = count(letters);
    if (letterCount > most) [best, most] = [language, letterCount];
  }
  const arabic = count(ARABIC);
  if (best !== undefined && most > arabic / 2) return best;
  const persianWords = count(PERSIAN_WORDS);
  const persian = count(PERSIAN) + 2 * count(NOT_ARABIC) + 3 * persianWords;
  if (count(URDU_WORDS) > persianWords && persian > arabic) return 'ur';
  const others = known !== undefined && known !== 'ar' && writes(known, 'Arabic') ? known : undefined;
  // Urdu and its neighbours have Persian's letters too.
  if (persian > arabic) return (persianWords === 0 ? others : undefined) ?? 'fa';
  return (persian === 0 && arabic === 0 ? others : undefined) ?? 'ar';
}

function isFormula(text: string): boolean {
  const words = text.replace(VOWEL_MARKS, '').match(/\p{L}+/gu) ?? [];
  return words.every((word) => FORMULAS.has(word));
}

function isVowelled(text: string): boolean {
  const marks = text.match(VOWEL_MARKS)?.length ?? 0;
  return marks >= VOWELLED * (text.match(/\p{Script=Arabic}/gu)?.length ?? 0);
}
