/** Common words of questions in the languages of the Latin script that we recognise and have no sentences of our own in. */
export const others: Readonly<Record<string, string>> = {
  es: `
    el la los las les le un una unos unas lo al del de en y o u pero que qué si sí no cómo como cuándo cuando cuál
    cual cuáles dónde donde quién quien por para con sin sobre entre desde hasta porque es son está están estoy estar
    ser era fue soy hay he ha han puedo puede pueden podemos debo debe hacer hace hago hizo quiero quiere quisiera
    tengo tiene tener me te se mi mis tu su sus nos yo él ella ellos ellas nosotros usted este esta esto ese esa eso
    muy más menos también cuánto cuanto cuántos cuántas rezar rezo oración oraciones orar ayuno ayunar mujer hombre
    esposo esposa marido hijo hija hermano hermana padre madre embarazada música escuchar comer beber permitido
    prohibido pecado perdón dios profeta días día casa casarme casar matrimonio divorcio dinero banco trabajo
    convertirme musulmán musulmana ablución pregunta significa dice mejor viernes noche mañana antes después durante
    mientras gracias muchas hola buenos buenas favor viaje viajo pilares corán cristiana
  `,
  pt: `
    o a os as um uma uns umas do da dos das no na nos nas ao à pelo pela de em e ou mas que se como quando qual quais
    onde quem por para com sem sobre entre desde até porque é são está estão estou ser foi sou tem tenho ter posso
    pode podem devo deve fazer faz faço quero me meu minha meus minhas seu sua eu ele ela nós você vocês este esta
    isso isto não sim muito mais menos também quanto rezar rezo oração orações orar jejum jejuar mulher homem marido
    esposa irmão irmã filho pai mãe grávida música ouvir comer permitido proibido pecado deus profeta dia casa casar
    divórcio dinheiro banco trabalho sentado converter viagem obrigado obrigada olá bom boa tarde noite antes depois
    durante sexta ablução perguntar pergunta islã
  `,
  it: `
    il lo la i gli le un uno una del della dei delle degli dello al alla ai alle nel nella sul sulla dal dalla di da
    in su con per tra fra e o ma che chi cosa come quando quale quali dove perché se non è sono sei siamo ho hai ha
    hanno era essere avere fare faccio fa fatto posso può possono devo deve voglio vorrei mi ti si ci mio mia miei tuo
    suo io tu lui lei noi voi loro questo questa quello più meno anche molto quanto quanti pregare prego preghiera
    preghiere digiuno digiunare donna uomo marito moglie fratello sorella figlio padre madre incinta musica ascoltare
    mangiare permesso vietato peccato dio profeta giorno casa sposare matrimonio divorzio soldi banca lavoro
    convertirmi durante prima dopo mentre grazie mille ciao buongiorno abluzione domanda significa seduta seduto
    viaggio
  `,
  de: `
    der die das den dem des ein eine einen einem einer und oder aber wenn weil dass ob ist sind war bin bist sein
    haben habe hat hatte werden wird kann kannst können darf darfst dürfen muss musst müssen soll sollte will möchte
    ich du er sie es wir ihr mich dich mir dir uns mein meine meinen meiner dein deine nicht kein keine was wer wie wo
    wann warum welche welcher welches wieviel viel viele für mit von vom zu zum zur auf aus bei beim nach vor über
    unter im am an in ohne um durch gegen während bis seit als auch noch nur schon sehr mehr man beten bete gebet
    gebete gebetszeiten fasten faste frau frauen mann bruder schwester kind kinder eltern mutter vater schwanger
    schwangere musik hören zähne putzen essen trinken erlaubt verboten sünde gott prophet tag tage haus heiraten
    hochzeit ehe scheidung geld bank arbeit konvertieren frage fragen thema bedeutet bedeutung danke hallo guten bitte
    machen mache macht gibt bricht berechnen kopftuch reise gold morgen abend nacht freitag oft sagt tattoos
  `,
  nl: `
    de het een en of maar als omdat dat die dit deze is zijn was ben bent heb heeft hebben wordt worden kan kun kunnen
    mag mogen moet moeten wil wilt willen zal ik jij je u hij zij ze wij we jullie mij me mijn jouw uw niet geen wat
    wie hoe waar wanneer waarom welke hoeveel voor met van aan op uit bij naar over onder in zonder om door tegen
    tijdens tot ook nog alleen al heel meer men bidden bid gebed gebeden vasten vast vrouw vrouwen man broer zus kind
    kinderen ouders zwanger zwangere muziek luisteren eten drinken toegestaan verboden zonde god profeet dag dagen
    huis trouwen huwelijk scheiding geld bank werk bekeren vraag vragen betekent bedankt dank hallo antwoord doen doe
    doet nagellak reis betalen goede vrijdag af
  `,
  sv: `
    och eller men om att som är var har hade kan ska skulle vill måste får jag du han hon vi ni de mig dig min mitt
    mina din inte ingen vad vem hur när varför vilken vilka för med av på i till från under över utan efter före en
    ett den det detta man be ber bön bönen böner fasta fastar kvinna kvinnor gravid barn bror syster musik lyssna äta
    dricka tillåtet förbjudet synd gud profet dag gifta äktenskap skilsmässa pengar fråga undrar tack hej gör göra
    inom långa också mycket
  `,
  ro: `
    și sau dar dacă că care este sunt era am ai are au fi pot poate trebuie vreau eu tu el ea noi voi ei meu mea nu da
    ce cine cum când unde cât pentru cu din de la în pe fără despre după înainte un o fac face femeie bărbat soț soție
    frate sora copil rugăciune rog post însărcinată muzica muzică interzis interzisă permis păcat dumnezeu zi casa
    căsători divorț bani mulțumesc bună abluțiunea islam
  `,
  az: `
    və ya ilə üçün kimi qədər sonra əvvəl bir bu o nə nədir necə niyə kim hansı harada vaxt neçə mi mı mu mü deyil var
    yox mən sən biz siz mənim olar olmaz etmək edir edirəm istəyirəm oruc tutmaq dəstəmaz alınır qılınır haramdır
    haramdırmı günah günahdır dua musiqi dinləmək qadın kişi hamilə hamiləlik sual sağ ol təşəkkür
  `,
  uz: `
    va yoki bilan uchun kabi keyin oldin bir bu shu u nima nimaga qanday qanaqa nega kim qaysi qayerda qachon necha
    qancha emas bor yoq men sen biz siz mening kerak mumkin mumkinmi bolmaydi boladi qilish qilinadi olinadi tutish
    roza namoz tahorat haromi musiqa eshitish ayol erkak homilador savol
  `,
  ms: `
    apa apakah bagaimana bagaimanakah macam mana kenapa mengapa bila siapa siapakah berapa berapakah yang dan dengan
    dgn untuk utk dari daripada di ke pada kepada dalam oleh tentang pasal sebelum selepas lepas sambil sedang sudah
    dah telah belum akan masih lagi juga sahaja saja hanya kalau jika apabila kerana sebab supaya tetapi tapi atau
    maka ketika waktu masa hingga sampai antara tanpa seperti bagi menurut saya aku awak kamu anda dia kita kami
    mereka nya ini itu tidak tak bukan jangan boleh bolehkah dapat perlu mesti wajib nak mahu hendak ingin ada adakah
    adalah ialah jadi menjadi tanya bertanya terangkan tolong minta beri hukum hukumnya cara maksud perbezaan beza
    syarat niat bacaan doa batal batalkan sah dosa pahala haramkah membaca baca mendengar makan minum tidur mandi
    berkahwin kahwin nikah cerai bekerja kerja membayar bayar mengira kira memakai pakai menyentuh mengandung hamil
    haid menyusu bersalin meninggal dunia sakit orang anak isteri suami ibu bapa ayah keluarga kawan perempuan wanita
    lelaki manusia nabi rasul kisah syurga neraka agama ustaz ustazah encik babi anjing gigi rambut kuku darah air
    banyak baik betul semua setiap selalu kadar tahun bulan hari malam pagi jumaat muzik kereta rumah duit wang hutang
    satu dua tiga kali terima kasih selamat maaf ambil wuduk puasa kah tu ni je lah tiada pergi balik cukai saham
    pelaburan
  `,
  tl: `
    ang ng mga sa na ay at o pero kung kapag dahil para kay ni si ako ikaw ka siya kami tayo kayo sila ko mo niya
    namin natin ninyo nila ito iyon dito ano sino saan kailan bakit paano ilan hindi wala may mayroon ba po opo naman
    lang din rin pwede puwede bawal kailangan gusto magdasal dasal panalangin pag-aayuno ayuno babae lalaki buntis
    musika asawa anak diyos kasalanan salamat kumusta mag pag
  `,
  vi: `
    tôi bạn là có không được và của cho với trong như thế nào làm sao gì khi ở đâu tại vì phải muốn hỏi về này đó các
    những một cầu nguyện ăn chay phụ nữ mang thai nghe nhạc đúng cách hồi giáo cảm ơn xin chào
  `,
  sw: `
    ya wa na ni kwa la za cha vya je nini nani jinsi gani vipi namna lini wapi kwamba hii huyu hiyo hizi hayo katika
    nataka ninataka naomba nina una ana tuna yangu wangu wako wake yake langu mimi wewe yeye sisi si sio hapana ndiyo
    kama lakini au pia kuhusu kabla baada wakati kila sana tu kujua kuswali kusali kufunga kuchukua kuvuta kusikiliza
    kufanya kula kunywa kuoa kuolewa kusafiri anaweza naweza ninaweza unaweza inaruhusiwa inafaa mwanamke mwanaume
    mume mke mtoto ndugu dada mama baba mjamzito muziki haramu halali hukumu dhambi toba mungu mtume swala sala saumu
    zaka udhu rakaa ngapi alfajiri ramadhani asante karibu habari swali nifanye nifanyeje fedha benki riba talaka ndoa
    sigara
  `,
  so: `
    waa waxa waxaan waxay maxay maxaa ma miyaa miyay sidee sideen oo iyo ka ku la u si in aan aad uu ay ayaa waxaad
    baa soo kala mid goorma xaggee yaa kee kuwa laakiin hadii haddii markii kadib kahor inta aniga adiga isaga iyada
    xalaal xaaraan xaaran salaad salaadda soon soonka soomi soomo sakada zakada weyso weyseystaa qof naag nin haweeney
    uur leh kartaa karaa banaan bannaan tahay yahay muusig muusiga walaal mahadsanid fadlan su'aal shuruudaha safarka
  `,
  ha: `
    da na ne ce ta ya yana tana ina kana suna muna don saboda amma ko idan kafin bayan lokacin menene mene me wane
    wace wanne yaya yaushe nawa wannan wancan mai masu ga a cikin zuwa daga ba babu bai ake yin yi za iya zan zai wani
    mutum mace miji mata ciki sallah azumi alwala zakka haramun halal waka kida addu'a sannu nagode sosai barka shin
    tambaya hukuncin sharuɗɗan addini mahaifi mahaifiya aure saki
  `,
  yo: `
    ni ti si fun pẹlu bawo ṣe kini ki nitori nigba mo o a won awọn mi rẹ wa yii naa jẹ wà kò ko le gbọdọ fẹ adura aawẹ
    obinrin ọkunrin aboyun orin ọlọrun ẹṣẹ ese jọwọ
  `,
  bs: `
    je li i u na za sa s od do po iz o kod bez pri se si sam smo ste su bio bila biti da ne nije nisam ali ili ako kad
    kada kako što šta sta ko koji koja koje koliko gdje zašto zasto zbog prije poslije tokom može moze mogu možemo
    treba trebam trebaju smije smijem moram mora želim zelim hoću imam ima ja ti on ona mi vi oni moj moja moje svoj
    ovo to taj ova ovaj jer samo još vise više klanjati klanjam klanja klanjanje postiti post posti abdest uzima
    uzimati dozvoljeno zabranjeno grijeh žena zena muž muz muškarac dijete brat sestra majka otac trudnica trudna
    muzika muzike slušati bog poslanik dan dana kuća brak razvod novac banka posao pitanje pitanja znači uslovi hvala
    puno molim zdravo putovanju islamu namaza jedno
  `,
  sq: `
    dhe ose por nëse nese që qe në ne të te me pa nga për per si sa kur ku kush çfarë cfare cilat cila cili pse është
    eshte janë jane kam ke ka kanë ishte jam mund duhet lejohet ndalohet bëj bej bëjë marr merret falem fal falur
    namazin namazi namazit agjërim agjëroj agjërojë agjerimi abdes abdesi një nje ky kjo këto i e u unë une ti ai ajo
    ju ata im ime burri gruaja grua shtatzënë shtatzene vëlla motër fëmijë muzika haram mëkat zoti pejgamberi ditë
    shtëpi martesë divorc para bankë pyetje faleminderit shumë përshëndetje sabahut kushtet
  `,
  pl: `
    i w na z do za że się nie jest są czy jak co kto gdzie kiedy dlaczego który która które ile dla od po przed przez
    o ale albo jeśli mogę może można muszę trzeba chcę ja ty on ona my wy mój moja modlić modlitwa post pościć kobieta
    mężczyzna ciąży muzyka dozwolone zabronione grzech bóg prorok dzień dom małżeństwo rozwód dziękuję cześć proszę
  `,
  ku: `
    çi çawa kengî ku kî çend çima ez tu ew em hûn min te wî wê me we û an lê ji bo li bi di de ne na heye tune dikarim
    dikare divê gelo nimêj nimêjê rojî jin mêr destnimêj pirs spas silav
  `,
};
