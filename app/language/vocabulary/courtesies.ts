/**
 * What people say before and after a question, in languages that they do not otherwise write as well. It is
 * evidence only while no language is known.
 */
export const COURTESIES: Readonly<Record<string, string>> = {
  en: `
    hello hi hey thanks thank thx thankyou welcome goodbye bye please sorry yes no yeah yep nope sir madam bro good nice
    great dear
  `,
  fr: 'merci bonjour bonsoir salut coucou oui non',
  id: 'terima kasih terimakasih makasih trims selamat maaf iya pak bu kak',
  ms: 'terima kasih selamat maaf',
  tr: 'merhaba teşekkür teşekkürler tesekkur tesekkurler sağol sağolun günaydın evet hayır',
  ur: 'shukriya shukria meherbani haan ji bhai sahab sahib',
  es: 'hola gracias buenos buenas adiós sí no',
  pt: 'olá obrigado obrigada sim',
  it: 'ciao grazie buongiorno buonasera',
  de: 'hallo danke guten bitte ja nein',
  nl: 'bedankt dank hallo ja nee',
  sv: 'hej tack',
  da: 'hej tak',
  ro: 'mulțumesc salut',
  az: 'təşəkkür',
  tl: 'salamat kumusta',
  sw: 'asante habari karibu ndiyo hapana',
  so: 'mahadsanid',
  ha: 'nagode sannu',
  bs: 'hvala zdravo',
  sq: 'faleminderit përshëndetje',
};
