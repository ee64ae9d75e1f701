/**
 * Small words that nearly every sentence of a language has. Two of them tell more about a short question than the
 * statistics of its letters do, which take "how do i make wudu properly please" for Czech. Romanised Urdu and Hindi,
 * common on phones, are found only by these. Words of several languages count for each.
 */
const WORDS: Readonly<Record<string, string>> = {
  en: 'the is are what how can my and of to for with you when that this does why should please have it do be i in on or not about tell explain who he was were did will would could may must which where any all between from by if me your we they there during before after give meaning',
  fr: 'le la les est que qui quoi je vous nous une des dans pour avec comment pourquoi quelle quel quelles quels ce pas sur mon ma on peut du au faire quand sont',
  es: 'el los las es que qué cómo como para con por una está puedo mi cuando cuál en del hacer si yo cuáles son',
  pt: 'o os as que como para com uma está posso meu minha não você quando qual em do da é quais são',
  it: 'il lo gli che come per con una è posso mio mia quando quale quali sono della di non perché vorrei dalla mentre',
  de: 'der die das ist und ich wie was kann mein nicht ein eine für mit auf wenn warum muss zu darf sind im wer man oft am',
  nl: 'de het een is en ik hoe wat kan mijn niet voor met op als waarom moet van dat mag zijn',
  tr: 've bir bu ne nasıl mi mı mu için ile var yok ben çok nedir kaç değil kimlere kime acaba',
  id: 'apa bagaimana saya yang tidak bisa apakah dan untuk dengan ini itu dari di adalah karena cara kalau boleh mau jika hukum siapa jelaskan dalam tentang sebelum kapan berapa orang',
  ms: 'ialah kerana awak macam adakah bolehkah nak tak ketika',
  sw: 'ya wa na ni kwa je nini jinsi gani kwamba hii katika vipi nataka yangu wangu',
  so: 'waa iyo maxay sidee oo ka ku la waxa ma aan waxaan',
  ha: 'yaya ina da na ne ce me don ta yi wannan mene menene yin',
  bs: 'je li kako se i da u na što šta za koji sam ali kada su',
  sq: 'është si një dhe që për të në me e çfarë mund cilat janë',
  ur: 'hai hain kya ka ki ke mein main aur ko se nahi kaise karna karne bhai mujhe',
  uz: 'qanday va bu uchun nima bilan qanaqa mumkin men',
};

const LANGUAGES_OF = new Map<string, string[]>();
for (const [language, words] of Object.entries(WORDS)) {
  for (const word of words.split(' ')) LANGUAGES_OF.set(word, [...(LANGUAGES_OF.get(word) ?? []), language]);
}

/**
 * The language with most of its small words in the text: at least two, at least the given share of all words, and more
 * than any other has.
 */
export function functionWords(text: string, share: number, known: string | undefined): string | undefined {
  const counts = new Map<string, number>();
  const words = text.toLowerCase().match(/[\p{L}\p{M}]+/gu) ?? [];
  for (const word of words) {
    for (const language of LANGUAGES_OF.get(word) ?? [])
      counts.set(language, (counts.get(language) ?? 0) + 1);
  }
  const [best, second] = [...counts].sort(([, left], [, right]) => right - left);
  if (!best || best[1] < Math.max(2, share * words.length) || best[1] === second?.[1]) return undefined;
  // Malay shares these words with Indonesian.
  return best[0] === 'id' && known === 'ms' ? 'ms' : best[0];
}
