/**
 * Words that Muslims of every language share when they write in Latin letters: greetings, formulas, terms of worship
 * and law, names. They say nothing about the language of a text.
 */
const TERMS = new Set(
  `
  aoa wr wb wrwb wrb ww wbr wbk saw sws pbuh swt ra rh alayhissalam mubarak kareem karim kerim rabbil rabbi rabb
  rabbal alamin alameen rahman rahmani rahmanir rahim raheem feek feekum fik fikum iyyak iyyakum iyakum khair khairan
  khayran kheir xayr khayr kathiran katsiran katheeran amin ameen aamiin aamin amiin amen akbar ilaha illa ilah hawla
  quwwata quwata lillah lillahi inna ilayhi ilaihi rajiun rajioon rojiun muhammadur rasulullah rasul rasool sallallahu
  sallallaahu alaihi alayhi wasallam wassalam sallam azim azeem bihamdihi tabarak tabarakta taala islam islamic deen
  din iman emaan eman ihsan tawhid tauhid tawheed shirk kufr kafir bidah bida taqwa tawakkul quran coran koran kuran
  qoran corano alquran ayat ayah ayet aya ayatul ayetel kursi kursiyy surah surat sura suras surahs tafsir tefsir
  tafseer juz hafiz hifz tajwid tajweed hadith hadis hadits hadees hadeeth ahadith sahih saheeh daif hasan sanad isnad
  sunnah sunna sunnat sunnet seerah sirah bukhari muslim tirmidhi tirmizi nasai majah dawud nawawi ghazali kathir
  kasir taymiyyah fiqh fikh fikih usul shariah sharia syariah syariat charia seriat madhab madhhab madzhab mazhab
  mezhep hanafi hanefi shafi shafii syafii syafi'i maliki hanbali sunni shia shiah salafi sufi deobandi barelvi ahlus
  jamaah ahl jamaat fatwa fetva fatawa mufti imam ustad ustadh ustaz ustadz sheikh shaykh shaikh cheikh syekh scheich
  cheick maulana mawlana hoca hodja hazrat hz halal helal haram haraam makruh mekruh makrooh mubah mustahab wajib
  wajeb fard fardh fardhu farz vacip nafl nafil nafila mandub zakat zakah zekat zekati zakaat zakatul zaka zakaah
  nisab nishab nisaab sadaqah sadaqa sadaka sedekah sedeqah infaq infak fitr fitrah fitra fitri jariyah fidya fidyah
  fidye kaffara kaffarah kafarat ushr khums waqf wakaf ribaa riba qard murabaha sukuk takaful salah salat salaah
  salaat salaa salate solat sholat shalat shalah namaz namaaz namoz fajr fajar fajir fecr subuh shubuh sobh zuhr dhuhr
  duhr zohar zuhur dhuhur dohr asr asar ashar assr maghrib magrib maghreb isha ishaa icha isya isyak yatsi jumuah
  jumah jumma juma jumua jumat joumouaa tahajjud tahajud teheccud witr witir witar vitir tarawih taraweeh teravih
  tarawikh tasbih tasbeeh tesbih istikhara istikharah istikhoroh istikhare istihare duha dhuha ishraq awwabin janazah
  janaza janazeh jenazah cenaze eid ied iid aid adha azha rakat rakah rakaat rakats raka'at rakaah rekat rukn rakaa
  rukuk ruku sujud sajdah sajda sujood secde tashahhud tasyahud adhan azan athan ezan iqamah iqama ikamet qibla kiblat
  qiblah kible qunoot qunut kunut jamak qashar qasr qada qadha qaza kaza sutrah wudu wudhu wuzu wudoo wudhoo wuduu
  woudou abdast ghusl ghusul gusul gusl ghusoul janabat janabah junub cunup tayammum teyemmum tayamum najis najasa
  istinja masah khuffayn ramadan ramadhan ramazan ramadhaan ramzan ramazon ramadhani ramadã ramzaan sawm saum siyam
  shawm suhoor sahur suhur sehri sahri iftar iftaar ifthar itikaf iktikaf itikaaf laylatul lailatul qadr qadar kadir
  shaban syaban shawwal syawal muharram ashura asyura achoura arafah arafa hajj hadj haji hac umrah umra umroh oumra
  ihram tawaf tavaf mina kaaba kabah mecca makkah mekah medina madinah madina qurban qurbani kurban korban udhiya
  aqiqah aqeeqah akikah dua duaa doua du'a dhikr zikr zikir dzikir azkar adhkar salawat sholawat darood durood ruqyah
  rukyah roqya ruqya tasawwuf istighfar tawba tawbah tauba shahada shahadah syahadat kalima kalma jannah jahannam
  akhirah akhirat ahirat dunya dunia qiyamah qiyamat dajjal mahdi jinn jin sihr nikah nikkah nikaah mutah mehr mahr
  mahar talaq talak talaaq khula iddah iddat idda wali hijab hicab niqab nikab burqa jilbab mahram awrah zina zinah
  tahlil muhammad mohammed mohamed muhammed mohammad ahmad ahmed ali umar omar usman uthman othman abu abou bakr bakar
  siddiq khattab ibn bint umm ummu fatima fatimah zahra aisha aicha ayesha khadija khadijah maryam mariam hassan
  hussain husain hussein yusuf youssouf yousef yunus ibrahim musa isa nuh adam sulaiman suleyman ismail ishaq yaqub
  ayyub idris zakariya yahya bilal khalid abdullah abdul abdur rahmat nabi allah allahu allahumma allahs ilahi subhan
  rab rabbana bismi bism masha insha inch ansari google whatsapp fatiha fatihah baqarah bakarah baqara imran nisa
  maidah anam araf anfal ra'd hijr nahl isra kahf kehf kahfi taha anbiya muminun furqan naml qasas ankabut luqman
  ahzab saba fatir yasin yaseen yassin yaasin saffat zumar ghafir fussilat shura zukhruf dukhan jathiya ahqaf fath
  hujurat dhariyat tur najm qamar waqiah waqia vakia hadid mujadila hashr mumtahanah saff munafiqun taghabun tahrim
  mulk mülk mulki qalam haqqah maarij muzzammil muddathir mursalat naba naziat abasa takwir infitar mutaffifin
  inshiqaq buruj tariq ghashiyah balad shams sharh alaq bayyinah zalzalah adiyat qariah takathur humazah quraysh maun
  kawthar kevser kafirun nasr masad ikhlas ihlas ikhlaas falaq felak kautsar uk usa london paris istanbul jakarta
  selangor kuala lumpur berlin birmingham lahore karachi pakistan india ok okay okey oke test hm hmm hmmm haha lol wow
  oh ah eh
`.match(/\S+/g),
);

/** Of terms with too many spellings for a list. The word has plain letters, none of them doubled but l. */
const SHAPES: readonly RegExp[] = [
  // salam, assalamu, aslam, selamun, assalamualaikum, wassalamualaikum
  /^w?[ae]?s?s[ae]?l[aeo]m(?:u|un|o|ou|in)?(?:[ae]?l[aei]+[yj]?k[ueo]+m[a-z]*)?$/,
  // alaikum, alaykoum, aleyküm, walaikumsalam, waalaikumussalam
  /^(?:w[ae]*|ve)?[ae]?l[aei]+[yj]?k[ueo]+m(?:u?s+[ae]l[aeo]m[a-z]*)?$/,
  /^(?:w[ae]?|ve)?r[aeo]h?m[ae]t[uo]*l+[ae]h?[iu]?$/,
  /^(?:w[ae]?|ve)?b[ae]r[ae]k[ae]t[uo]+h?[ui]?$/,
  // inshallah, mashaAllah, subhanallah, alhamdulillah, bismillah, jazakallah, astaghfirullah, wallahi
  /ll[ao]h/,
  /^(?:in?sh?y?|ma?sh?y?|subhan|alhamduli|bismi|jazak|astagh?f[ie]ru)a?(?:l[ao]h|lla)$/,
  /^(?:al)?hamdul?il/,
  /^ja[sz][ae]k[aeiou]/,
  /^bar[ae]k[ae]?l/,
];

/** Whether a word in small letters says nothing about the language of a text. */
export function isTerm(word: string): boolean {
  return TERMS.has(word);
}

/** The same for one of the many spellings. It takes longer, so it is asked last. */
export function isSpellingOfTerm(word: string): boolean {
  const plain = word
    .normalize('NFD')
    .replace(/[\u0300-\u036f'ʿʾ]/g, '')
    .replace(/ı/g, 'i');
  // "Assalaamu". An l stays doubled: "-llah" is no "masalah", "sekolah".
  const single = plain.replace(/([a-km-z])\1+/g, '$1');
  return TERMS.has(plain) || SHAPES.some((shape) => shape.test(single));
}
