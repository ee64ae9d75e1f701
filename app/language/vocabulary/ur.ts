/** Common words of questions in Urdu as it is written in Latin letters; Hindi looks the same there. */
export const ur = `
hai hain he hy h tha thi thay ho hota hoti hote hona hua hui huwa huye hoga hogi honge hon hun hoon ka ki ke kay ko se
say mein mai main me mn par pe per tak aur or ya lekin magar agar to tou bhi hi na nahi nahin nai nhi nehi mat kya kia
kiya q kyu kyun kyon kab kahan kaha kaise kese kaisa kaisi kesi kesay kesa kon kaun konsa konsi konse kitna kitni
kitne kitnay jab jo jis jisko ye yeh yah woh wo us is un in inka unka uska uski uske iska iski iske apna apni apne
mera meri mere tera teri tumhara humara hamara hamari hamare mujhe mujhay mujy tumhe tumhen hame hamen humein unhe
usse isse aap ap tum hum ham koi kuch kuchh sab sabhi aik ek do karna karne karni karen karein kare kar karo karta
karti karte karun karoon kr krna krne kren krte krta kiye sakta sakti sakte saktay skta skti skte chahiye chahye
chaheye chahta chahti raha rahi rahe rha rhi gaya gayi gaye gai jata jati jate jaye jaiz jaez najaiz dena deni dein
den diya dijiye lena leni lein liya batao bataye bataiye bataen batayen btayen btao btaye bata bataein bta puchna
poochna pochna pouchna puchhna samjhao sunna suna sunayen sunao parhna parhne parhni parh parhte parhein padhna padhe
padhne padh parhta likhna khana khane pina peena pine sona sone jana jane aana ane ate aati aata rakhna rakhne rakh
rakhte rakha rehna milna dekhna chorna chahte lagana lagwana marna mar gya banana liye liay lye baad bad pehle pehlay
phle sath saath bina baghair bagair bare baare bary wajah waja tarika tareeqa tareeka tariqa matlab masla masail masle
sawal jawab hukm wazifa wazeefa duain gunah gunnah sawab aurat aurten aurton mard mardon larki larka larke larkiyan
bachi bacha bache bachay biwi bivi shohar shohr shauhar miya walid walida walidain beta beti behan bhai bhaijan bhen
dost log logon ghar shadi shaadi rishta talaaq nikkah maa baap ammi abbu abba paisa paise paisay paison paiso rupay
rupe sood karz qarz naukri kamai chandi zewar din raat subah sham waqt saal mahina haiz hamila halat zindagi maut mout
mayyat janazay qabar jannat jahannum dozakh khuda rasool nabi farishte wajib farz jhoot sach acha achha accha bura
bohat bohot bahut boht bhot zyada ziyada kam theek thik sahi ghalat galat sahab sahb sahib molana maulana qaza qazaa
roze rozay rozon namazein parda khayal khawab khwab taqdeer shukriya shukria meherbani mehrbani haan han ji jee taala
tala farmaya farmate uthne neend nazar jadu kala bimar bimari
`;
