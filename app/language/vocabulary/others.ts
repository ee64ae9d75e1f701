/** Common words of questions in the languages of the Latin script that we recognise and have no phrases of our own in. */
export const others: Readonly<Record<string, string>> = {
  pt: `
    o a os as um uma uns umas do da dos das no na nos nas ao à pelo pela de em e ou mas que se como quando qual
    quais onde quem por para com sem sobre entre desde até porque é são está estão estou ser foi sou tem tenho ter
    posso pode podem devo deve fazer faz faço quero me meu minha meus minhas seu sua eu ele ela nós você vocês
    este esta isso isto não sim muito mais menos também quanto rezar rezo oração orações orar jejum jejuar mulher
    homem marido esposa irmão irmã filho pai mãe grávida música ouvir comer permitido proibido pecado deus profeta
    dia casa casar divórcio dinheiro banco trabalho sentado converter viagem obrigado obrigada olá bom boa tarde
    noite antes depois durante sexta ablução perguntar pergunta islã ainda nem já assim então pois aonde cujo esse
    essa esses essas aquele aquela aquilo algo alguém nada ninguém todo toda todos todas outro outra outros outras
    mesmo mesma cada houve havia és somos estamos estava temos tens queremos devemos deveria fazemos fazes feito
    vou vai vamos vão ir venho vem dar diga dizer digo saber sei sabe poder poderia ler dormir esquecer esqueci
    perder perdi pagar comprar vender viver morrer morreu morto pessoa pessoas gente homens mulheres menino
    criança crianças amigo família namorado cachorro gato porco carne vinho água cabelo véu roupa sapatos seguro
    salário tatuagem mesquita muçulmano muçulmana muçulmanos obrigatório hora horas ano anos semana mês vez vezes
    perto longe aqui lá hoje ontem dúvida resposta ajuda ajudar preciso explicar certo bem mal só acerca segundo
    contra num numa nuns às aos seus suas nosso nossa nossos nossas lhe lhes eles elas direito direitos igual país
    pessoal têm social fumar tomar banho há fazendo era qualquer quaisquer
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
