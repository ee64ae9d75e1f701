/** Common words of questions in Bengali as it is written in Latin letters. */
export const bn = `
ami amar amake tumi tomar apni apnar apnake se tar tara amra amader ki keno kivabe kibhabe kemon kemne koto kokhon
kothay ke kono kichu ei oi eta ota ekta ekti ar ebong kintu jodi tahole hobe hoy hoye hoyeche ache nei na nai korbo
kora kore korte korle korar korben korun parbo pari paren parbe jabe jay jai jaibe roja namaj namaz poro pora porte
porbo porle niyom hisab jonno theke sathe por age din rat meye chele bhai apu bon ma baba stri shami dhonnobad bolun
bolben jante chai lagbe somoy chilo chile hole hoi habe dite dibe diye diyeche nite nibo nebe khete khabo kheye gele
gelo jete jabo bose boshe ghumanor ghum rojar rojay namazer namajer namaze porar poren porbe porechi poreni ekjon
manush naki shob sob onek beshi kom bhalo valo kharap ghusl niyot niyote proshno uttor chakri taka takar shud sud
jakat kurbani korbani bibaho biye talaq shukrobar jumar rakat koy koi vul bhul vangle vange bhange bhanga karon karone
meyeder cheleder shontan bacha allahor nobi er oita eke oke take tomake apnader tader jonne shathe kache moddhe upor
niche ageo pore poreo ekhon tokhon jokhon kothao kijonno tobe othoba ba shudhu
`;
