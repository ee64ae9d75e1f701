/** Russian shares them with these; bg, mk, sr and uk do without. */
const ALSO_RUSSIAN = new Set(['be', 'kk', 'ky', 'mn', 'tg', 'tt', 'uz']);

/** The language that alone has the letters, undefined when there are none. Russian's are not all its own. */
export function cyrillicLetters(text: string, known: string | undefined): string | undefined {
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
  const mayBeKnown = known !== undefined && ALSO_RUSSIAN.has(known);
  return has(/[ыэё]/iu) && !mayBeKnown ? 'ru' : undefined;
}

/** Letters of the Latin script and the languages that have them, the rare ones first; the first that is found decides. */
const LATIN: readonly (readonly [RegExp, readonly string[]])[] = [
  [/ə/u, ['az']],
  [/[ɗɓƙ]/u, ['ha']],
  [/[ẹọṣ]/u, ['yo', 'vi']],
  [/[ơưđạảấầẩậắặẻếềểệịỏốồổộớờởợụủứừửựỳỵỷ]/u, ['vi', 'bs']],
  [/[ğış]/u, ['tr', 'az']],
  [/[țșăţ]/u, ['ro']],
  [/[őű]/u, ['hu']],
  [/[łżźśńęą]/u, ['pl']],
  [/[čćšž]/u, ['bs']],
  [/ß/u, ['de']],
  [/å/u, ['sv', 'da-no']],
  [/[øæ]/u, ['da-no']],
  [/ñ/u, ['es']],
  [/[ãõ]/u, ['pt']],
  [/œ/u, ['fr']],
  [/[èêàùûôîï]/u, ['fr', 'it', 'pt']],
  [/ç/u, ['fr', 'pt', 'tr', 'az', 'sq']],
  [/é/u, ['fr', 'es', 'pt']],
  [/[áíóú]/u, ['es', 'pt']],
  [/ë/u, ['sq', 'nl']],
  [/[öü]/u, ['de', 'tr', 'az', 'sv']],
  [/ä/u, ['de', 'sv']],
  [/[ìò]/u, ['it']],
  // Typed with any apostrophe.
  [/^[og]'\p{L}{3}|g'/u, ['uz']],
];

/** The languages that a word can be of because of a letter, none when all its letters are plain. */
export function latinLetters(word: string): readonly string[] {
  return LATIN.find(([letters]) => letters.test(word))?.[1] ?? [];
}
