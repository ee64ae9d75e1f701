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
  if (script === 'Bengali' && /[ৰৱ]/u.test(text)) return 'as';
  if (script === 'Devanagari' && /(^|\s)(आहे|आणि|काय|मला|कसे)(?=[\s?।]|$)/u.test(text)) return 'mr';
  if (script === 'Devanagari' && /(^|\s)(छ|हो|गर्न|छन्|मलाई)(?=[\s?।]|$)/u.test(text)) return 'ne';
  if (known !== undefined && writes(known, script)) return known;
  return LANGUAGES[script][0] ?? 'en';
}
