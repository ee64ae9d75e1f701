/** Common words of questions in Turkish. */
export const tr = `
ve veya ya da de ile için icin gibi kadar göre sonra önce beri karşı doğru rağmen ama fakat ancak çünkü eğer ise ki
bir bu şu o bunu şunu onu bunun onun buna ona bunlar şunlar onlar ben sen biz siz beni seni bizi bana sana bize size
benim senin bizim sizin onların kendi kendim kimse herkes hiç her bazı bütün tüm çok az daha en pek biraz şey şeyi
şeyler ne nedir neden niye niçin nasıl nasil kim kime kimin kimler kimlere kimlerin hangi hangisi nerede nereye
nereden kaç kaçta nelerdir neler zaman mi mı mu mü midir mıdır mudur müdür miyim mıyım mısın misin musun değil degil
var yok vardır yoktur evet hayır olur olmaz olmak oldu olan olarak olursa olması olsun oluyor olabilir olmalı etmek
etti eder edilir edebilir ediyor eden yapmak yaptı yapar yapılır yapmalı yapmalıyım yapabilir yapılmalı yaptırmak
yapıyorum ederim istiyorum istiyor lazım gerek gerekir gerekiyor gerekli demek denir dedi söyler söyle anlat anlatır
açıkla acikla öğrenmek biliyor bilmek alınır alinir almak verilir vermek verir kılınır kilinir kılmak kılabilir
kılıyorum kılmıyor okunur okumak okunuşu tutulur tutmak tutabilir bozar bozan bozulur bozmaz içmek yemek yenir yenmez
içilir dinlemek çekmek giymek beslemek evlenmek boşanmak gitmek gelmek çalışmak görmek fırçalamak hesaplanır ödenir
kesmek kesilir kabul abdest abdesti abdestsiz oruç oruc orucu orucum oruçlu oruçluyken namazı namazi namazın namazda
namazlar gusül gusul boy caiz günah gunah günahı sevap farz vacip sünnet mekruh yasak dini islamda islamiyet dua duası
duasi dualar suresi sure suresinin ayeti meali anlamı anlami manası tefsiri hadisi hadisler peygamber peygamberimiz hz
kıssası hayatı tövbe tovbe kıyamet alametleri cennet cehennem melek kabir ölüm ölen ölü ahiret kader nazar büyü rüya
rüyada ruyada yılan hocam hoca diyanet fetva mezhep hanefi şafi şafii kadın kadin kadınlar kadınlara erkek erkekler eş
eşim eşi karım kocam koca anne annem baba babam çocuk çocuğum kız oğlum kızım arkadaş kardeşim aile insan insanlar
müslüman gün gece sabah akşam ogle öğle ikindi yatsı vakti vakitleri bugün yarın dün hafta ay yıl sene saat cuma
ramazan bayram hamile regl regliyken adet adetli adetliyken emziren hasta hastalık para kredi faiz faizli borç banka
borsa altın altının gümüş ev araba maaş zekatı zekati zekatın nisabı fitre fidye kurban rekat helal sigara içki alkol
müzik muzik köpek kedi domuz et midye dövme saç tırnak diş oje makyaj kripto merhaba günaydın teşekkür teşekkürler
tesekkur tesekkurler sağol sağolun lütfen lutfen özür acaba hakkında hakkinda ilgili sorum soru soruyorum sormak cevap
yardım yardimci razı razi izin vermiyor sınav uyku sabır şartları sartlari hükmü hukmu caizdir nikah evlilik iyi kötü
büyük küçük yeni eski yanlış doğrusu güzel aynı farklı fark farkı ilk son iki üç dört beş yapsam
`;
