/**
 * Languages of other scripts as phones write them in Latin letters. Nothing is concluded from them, but their words
 * must not be taken for those of another language. Bengali, Hindi and Urdu are the exceptions.
 */
export const transliterated: Readonly<Record<string, string>> = {
  'ar-Latn': `
    al el wa w fi fil fid fii min mina ila ala 3ala alaa 3an an 3ana inna ana inti inta anta anti enta huwa hua hiya
    hum nahnu la laa lam lan ma maa hal man mata kayf kayfa keef kif kifak keefak ayna aina limatha lematha leh leih
    laysa qad ya yaa ayyuha hatha hadha hada hadihi hathihi da di dhalika allathi alladhi alati illa thumma aw am bi
    li ka ba3d ba3da qabl qabla ind inda 3ind 3indi indi mish mush mesh msh mafi ma3 ma3a shu shou shlon shlonak chno
    wach wash fin fein lih ahlan wasahlan sahlan marhaba shukran shokran afwan tafaddal sabah khair khayr lkhir nour
    akhi ukhti habibi yani ya3ni tayyib tayeb na3am aiwa aywa hukm houkm hokm musiqa musiqi salat salah usalli asalli
    nusalli sawm siyam yajuz yajooz dyal dial bzaf 3ayez 3ayz ayez awez abgha abi ureed urid qul rabbana rabbi
    allahumma atina dunya akhira akhirati hasanah hasana waqina adhab adhaban nar as'aluka inni innaka alayhi 3alayhi
    sallallahu wasallam sallam radiyallahu anhu anha hadrat
  `,
  'da-no': `
    og eller men om at som er var har havde kan skal skulle vil må jeg du han hun vi de mig dig min mit mine ikke
    ingen hvad hvem hvordan hvornår hvorfor hvilken for med af på i til fra under over uden efter før en et den det
    man bede bøn faste kvinde gravid musik tilladt forbudt synd gud tak hej gør også meget hva kvinne lov tillatt dere
  `,
};
