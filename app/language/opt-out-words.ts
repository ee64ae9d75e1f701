/**
 * What people write, as a whole message, to get no more messages from a business, and to get them again.
 *
 * Twilio ends SMS at STOP, STOPALL, UNSUBSCRIBE, CANCEL, END, QUIT, REVOKE and OPTOUT (in Canada also ARRET, ARRETE and
 * ARRETT), and starts again at START, YES and UNSTOP; who replaces that handling is to honour the same words
 * (twilio.com/docs/messaging/tutorials/advanced-opt-out, /docs/proxy/opt-out-keywords, /docs/api/errors/23002). All are
 * taken, but for three that are answers in a conversation: END; YES, which answers most questions of an assistant; and
 * REVOKE, which is what a husband may do with a divorce.
 *
 * Nor are these taken, although other services know them: the Malay and Indonesian "batal" (of a fast or ablution:
 * broken), the Arabic "وقف" (endowment) and "إلغاء" (cancel), the Persian "لغو" without its number (idle talk), the
 * Turkish "dur" (wait), the Italian "basta" (enough).
 */
const STOP: Readonly<Record<string, string>> = {
  en: `stop; stopall; unsubscribe; unsubscribe me; cancel; quit; optout; please stop; stop please; stop it; stop messages;
    stop messaging; stop messaging me; stop sending messages; stop sending me messages; stop texting me; no more messages;
    do not message me; don't message me; don't message me again; cancel subscription; cancel my subscription`,
  ar: `توقف; توقفوا; إيقاف; ستوب; أوقف الرسائل; أوقفوا الرسائل; إيقاف الرسائل; وقف الرسائل; إلغاء الاشتراك; إلغاء اشتراكي;
    ألغ الاشتراك; ألغوا اشتراكي; لا أريد رسائل; لا أريد المزيد من الرسائل; لا ترسلوا لي رسائل; لا ترسل لي رسائل;
    لا تراسلني; لا تراسلوني; لا تراسلوني مرة أخرى`,
  bn: `বন্ধ করুন; বন্ধ করো; বন্ধ করেন; মেসেজ বন্ধ করুন; মেসেজ বন্ধ করো; বার্তা বন্ধ করুন; মেসেজ পাঠাবেন না;
    আর মেসেজ পাঠাবেন না; আর মেসেজ দেবেন না; আর মেসেজ দিবেন না; স্টপ; আনসাবস্ক্রাইব; সাবস্ক্রিপশন বাতিল করুন;
    bondho korun; bondho koro; message bondho korun; message bondho koro; ar message diben na`,
  de: `stopp; abmelden; abbestellen; austragen; bitte abmelden; mich abmelden; nachrichten abbestellen; abo kündigen;
    keine nachrichten mehr; bitte keine nachrichten mehr; nicht mehr schreiben; schreib mir nicht mehr;
    schreiben Sie mir nicht mehr; bitte schreiben Sie mir nicht mehr`,
  es: `baja; parar; dar de baja; darme de baja; darse de baja; quiero darme de baja; cancelar suscripción;
    cancelar la suscripción; cancelar mi suscripción; anular suscripción; desuscribir; desuscribirme; no más mensajes;
    basta de mensajes; no quiero más mensajes; no quiero recibir más mensajes; no me escriban más; no me escribas más;
    no me envíen más mensajes`,
  fa: `توقف; استاپ; لغو11; لغو اشتراک; لغو عضویت; پیام ندهید; پیام نده; دیگر پیام ندهید; دیگه پیام ندید; دیگه پیام نده;
    پیام نفرستید; دیگر پیام نفرستید; دیگر پیام نمی‌خواهم; ارسال پیام را متوقف کنید`,
  fr: `arret; arrêt; arrête; arrêtez; arrett; désabonner; désabonnement; désinscription; désinscrire; me désabonner;
    se désabonner; me désinscrire; je veux me désabonner; arrêter les messages; arrêtez les messages; plus de messages;
    plus aucun message; ne m'écrivez plus; ne m'écris plus; ne m'envoyez plus de messages`,
  hi: `बंद करें; बंद करो; बंद कीजिए; बंद कर दो; बंद कर दें; बन्द करें; बन्द करो; संदेश बंद करें; मैसेज बंद करें; मैसेज बंद करो; मैसेज मत भेजो;
    मैसेज मत भेजिए; संदेश मत भेजिए; स्टॉप; अनसब्सक्राइब; सदस्यता समाप्त करें; सदस्यता रद्द करें; message mat bhejo; message mat bhejiye`,
  id: `berhenti; hentikan; unreg; berhenti berlangganan; batal berlangganan; batalkan langganan; stop pesan; hentikan pesan;
    jangan kirim pesan; jangan kirim pesan lagi; jangan kirimi saya pesan; jangan kirimi saya pesan lagi`,
  it: `disiscrivimi; disiscrivermi; disiscrizione; cancellami; cancella iscrizione; cancella la mia iscrizione;
    annulla iscrizione; annulla l'iscrizione; fermati; ferma i messaggi; stop messaggi; basta messaggi; niente più messaggi;
    non voglio più messaggi; non scrivetemi più; non scrivermi più; non mandatemi più messaggi; non inviatemi più messaggi`,
  ms: `berhenti melanggan; batal langganan; batalkan langganan; hentikan mesej; stop mesej; jangan hantar mesej;
    jangan hantar mesej lagi; jangan mesej saya; jangan mesej saya lagi`,
  tr: `durdur; durdurun; mesajları durdur; mesajları durdurun; mesaj gönderme; mesaj göndermeyin; bana mesaj göndermeyin;
    artık mesaj göndermeyin; mesaj atma; mesaj atmayın; mesaj istemiyorum; artık mesaj istemiyorum; abonelikten çık;
    abonelikten çıkmak istiyorum; aboneliği iptal et; aboneliğimi iptal et; üyelikten çık; üyeliği iptal et`,
  ur: `اسٹاپ; سٹاپ; بند کریں; بند کرو; بند کیجیے; بند کر دیں; بند کر دو; پیغام بند کریں; پیغامات بند کریں; میسج بند کریں;
    میسج بند کرو; میسج مت بھیجیں; میسج نہ بھیجیں; پیغام نہ بھیجیں; ان سبسکرائب; سبسکرپشن ختم کریں; band karo; band karen;
    band karein; band kar do; message band karo; message band karen; message band karein; msg band karo; message na bhejen`,
};

/** One of each is named by the phrase `optedOut`. Not "أبدا": without its hamza the Arabic "start" is "never". */
const START: Readonly<Record<string, string>> = {
  en: `start; unstop; subscribe; resubscribe; subscribe again; opt in; start again; start messages; resume messages;
    please start; start please`,
  ar: `اشتراك; اشترك; اشتركي; إعادة الاشتراك; أريد الاشتراك; ابدأ; ابدئي; ابدؤوا; ستارت; استئناف; استأنف; استئناف الرسائل`,
  bn: `শুরু; শুরু করুন; শুরু করো; শুরু করেন; আবার শুরু করুন; আবার শুরু করো; চালু করুন; চালু করো; আবার চালু করুন; স্টার্ট;
    shuru korun; shuru koro; abar shuru korun; chalu korun`,
  de: `starten; anmelden; wieder anmelden; neu anmelden; bitte anmelden; neu starten; wieder starten; nachrichten starten;
    nachrichten fortsetzen`,
  es: `alta; dar de alta; darme de alta; empezar; empezar de nuevo; comenzar; iniciar; reiniciar; reanudar; reanudar mensajes;
    suscribir; suscribirme; volver a suscribirme`,
  fa: `شروع; شروع کن; شروع کنید; شروع مجدد; شروع دوباره; دوباره شروع کن; دوباره شروع کنید; از سر گرفتن; استارت; اشتراک مجدد;
    عضویت مجدد`,
  fr: `reprendre; reprendre les messages; recommencer; commencer; réabonner; réabonnement; me réabonner; m'abonner;
    m'abonner à nouveau; réinscription; me réinscrire`,
  hi: `शुरू; शुरू करें; शुरू करो; शुरू कीजिए; शुरु; शुरु करें; शुरु करो; फिर से शुरू करें; फिर से शुरू करो; दोबारा शुरू करें; चालू करें;
    चालू करो; स्टार्ट; phir se shuru karo`,
  id: `mulai; mulai lagi; mulai kembali; mulai ulang; mulai berlangganan; berlangganan; berlangganan lagi; langganan lagi`,
  it: `inizia; iniziare; ricomincia; ricominciare; riprendi; riprendere; avvia; riavvia; riattiva; iscrivimi;
    iscrivimi di nuovo; riprendi i messaggi`,
  ms: `mula; mula semula; mulakan; mulakan semula; langgan; langgan semula; melanggan; melanggan semula`,
  tr: `başla; başlat; başlayın; başlatın; yeniden başla; yeniden başlat; tekrar başla; tekrar başlat; mesajları başlat; abone ol;
    yeniden abone ol; tekrar abone ol`,
  ur: `شروع; شروع کریں; شروع کرو; شروع کیجیے; شروع کر دیں; دوبارہ شروع; دوبارہ شروع کریں; دوبارہ شروع کرو; اسٹارٹ; سٹارٹ;
    shuru; shuru karo; shuru karen; shuru karein; dobara shuru karo; dobara shuru karen; dobara shuru karein`,
};

/** Arabic letters that keyboards and habits exchange. A hamza on the last letter stays: it tells "start" from "never". */
const SAME_LETTERS: readonly (readonly [RegExp, string])[] = [
  [/[إآٱ]|أ(?=\p{L})/gu, 'ا'],
  [/ؤ/gu, 'و'],
  [/[ئىیې]/gu, 'ي'],
  [/ک/gu, 'ك'],
  [/[ةہھەۀۂۃ]/gu, 'ه'],
];
/**
 * Latin accents, what makes an emoji of a sign, Arabic vowels and the stroke that lengthens a word, nukta. The other marks
 * of Indian scripts are vowels.
 */
const MARKS = /[\u0300-\u036f\u20d0-\u20ff\ufe00-\ufe0f\u064b-\u065f\u0670\u06d6-\u06ed\u0640\u093c\u09bc]/gu;
const EASTERN_DIGITS = /[\u0660-\u0669\u06f0-\u06f9]/gu;

/**
 * Returns the text as it stands in the sets: small letters and digits alone, without spaces, punctuation, emoji, invisible
 * characters, accents and vowel marks. Letters that people exchange are the same. Idempotent. Linear in the length.
 */
export function normalised(text: string): string {
  // Compatibility forms: full-width letters, and Arabic letters by their place in a word.
  let plain = text.normalize('NFKC').replace(/\p{Cf}/gu, '');
  for (const [letters, letter] of SAME_LETTERS) plain = plain.replace(letters, letter);
  return withoutAccents(plain)
    .toLowerCase()
    .replace(/ı/gu, 'i')
    .replace(EASTERN_DIGITS, (digit) => String(digit.charCodeAt(0) & 0xf))
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, '');
}

/** An alef with a hamza would lose it, so its decomposition is undone. */
function withoutAccents(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\u0627\u0654/gu, 'أ')
    .replace(MARKS, '');
}

function setOf(lists: Readonly<Record<string, string>>): ReadonlySet<string> {
  return new Set(Object.values(lists).flatMap((list) => list.split(';').map(normalised)));
}

/** Normalised: what ends the messages of a business, in every language that has phrases. */
export const STOP_WORDS: ReadonlySet<string> = setOf(STOP);
/** Normalised: what lets them start again. */
export const START_WORDS: ReadonlySet<string> = setOf(START);
