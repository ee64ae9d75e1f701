/** Scripts (Unicode's names) and who writes them. The first language is the one meant when nothing else is known. */
const LANGUAGES = {
  Latin: [],
  Arabic: ['ar', 'fa', 'ur', 'ps', 'ku', 'sd', 'ug'],
  Cyrillic: ['ru', 'uk', 'be', 'bg', 'sr', 'mk', 'kk', 'ky', 'tg', 'tt', 'uz', 'mn'],
  Han: ['zh', 'ja'],
  Hiragana: ['ja'],
  Katakana: ['ja'],
  Hangul: ['ko'],
  Hebrew: ['he', 'yi'],
  Bengali: ['bn', 'as'],
  Devanagari: ['hi', 'mr', 'ne', 'sa'],
  Gurmukhi: ['pa'],
  Gujarati: ['gu'],
  Oriya: ['or'],
  Tamil: ['ta'],
  Telugu: ['te'],
  Kannada: ['kn'],
  Malayalam: ['ml'],
  Sinhala: ['si'],
  Thaana: ['dv'],
  Thai: ['th'],
  Lao: ['lo'],
  Khmer: ['km'],
  Myanmar: ['my'],
  Tibetan: ['bo'],
  Georgian: ['ka'],
  Armenian: ['hy'],
  Greek: ['el'],
  Ethiopic: ['am', 'ti'],
} as const satisfies Record<string, readonly string[]>;

export type Script = keyof typeof LANGUAGES;

const SCRIPTS = Object.entries(LANGUAGES).map(([name, languages]) => ({
  name: name as Script,
  languages: languages as readonly string[],
  letters: new RegExp(`(?=\\p{L})\\p{Script=${name}}`, 'gu'),
}));

/** The script of most letters, undefined when none is known. */
export function dominantScript(text: string): Script | undefined {
  // Most texts; the rest takes thirty times as long.
  if (!/[^\0-\x7f]/.test(text)) return /[a-z]/i.test(text) ? 'Latin' : undefined;
  let best: Script | undefined;
  let most = 0;
  for (const { name, letters } of SCRIPTS) {
    const count = text.match(letters)?.length ?? 0;
    if (count > most) [best, most] = [name, count];
  }
  return best;
}

/** Whether a language is written in the script. Latin is everybody's who is not in the table. */
export function writes(language: string, script: Script): boolean {
  if (script !== 'Latin')
    return SCRIPTS.some(({ name, languages }) => name === script && languages.includes(language));
  return !SCRIPTS.some(({ languages }) => languages.includes(language)) || ALSO_LATIN.has(language);
}

const ALSO_LATIN = new Set(['sr', 'uz', 'ku', 'ur', 'kk']);

/** For scripts that are nearly one language's own. */
export function languageOfScript(script: Script, text: string, known: string | undefined): string {
  if (script === 'Han' && /[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text)) return 'ja';
  if (script === 'Bengali' && ASSAMESE.test(text)) return 'as';
  if (script === 'Devanagari') return devanagari(text, known);
  if (known !== undefined && writes(known, script)) return known;
  return LANGUAGES[script][0] ?? 'en';
}

/** Letters that Bengali lacks, and words without one. */
const ASSAMESE = /[ৰৱ]|(?<![\p{L}\p{M}])(মই|কেনেকৈ|কিমান|কিয়|নহয়|হ'ব|লাগিব)(?![\p{L}\p{M}])/u;
/** Words, and endings of words, that tell the languages of Devanagari apart. */
const DEVANAGARI: readonly (readonly [string, RegExp])[] = [
  [
    'hi',
    /(?<![\p{L}\p{M}])(है|हैं|हूँ|हूं|का|की|के|को|में|से|और|क्या|नहीं|यह|मैं|मेरे?|मेरी|कैसे|क्यों|करें|करूँ|गया|गई|था|थी|लिए|आप|आपके|मुझे|सकता|सकती|सकते|होती|होता)(?![\p{L}\p{M}])/gu,
  ],
  [
    'mr',
    /(?<![\p{L}\p{M}])(आहे|आहेत|आणि|काय|मला|कसे|कशी|कसा|कधी|किती|मी|तुम्ही|नाही|होते|असते|असतो|हवे|माझ्या|माझे|माझा|माझी|शकतो|शकते|का)(?![\p{L}\p{M}])|ळ|(च्या|साठी|मध्ये|ांना|ात|ावा|ावी|ावे|ण्यास|ण्याचा|ून)(?![\p{L}\p{M}])/gu,
  ],
  [
    'ne',
    /(?<![\p{L}\p{M}])(छ|छु|छन्|हो|म|र|गर्न|गर्ने|मलाई|कसरी|किन|पनि|लागि|मेरो|तपाईं|एउटा|हुन्छ|गर्नु|कहिले|कति)(?![\p{L}\p{M}])|(लाई|हरू|न्छ|न्छन्|्छ|्छु|होस्|्ने|मा|बारे)(?![\p{L}\p{M}])/gu,
  ],
];

/** The language with most words; Hindi, the largest, is meant when another has no more. */
function devanagari(text: string, known: string | undefined): string {
  const count = (words: RegExp): number => text.match(words)?.length ?? 0;
  const counts = DEVANAGARI.map(([language, words]) => ({ language, count: count(words) }));
  const most = Math.max(...counts.map((each) => each.count));
  const best = counts.filter((each) => each.count === most).map(({ language }) => language);
  if (known !== undefined && writes(known, 'Devanagari') && (most === 0 || best.includes(known)))
    return known;
  return best[0] ?? 'hi';
}
