import { id } from './id.ts';

/**
 * Words of Malay that Indonesian does not have or rarely uses, with what people on phones make of them. An
 * underscore joins two that Malay alone puts beside each other.
 */
const ONLY_MALAY = `
macam_mana boleh_tak boleh_ke kat_mana nak_tak mana_satu
daripada selepas sahaja kerana awak nak terangkan perbezaan beza batalkan haramkah berkahwin kahwin mengira dunia
isteri lelaki syurga ustaz ustazah encik jumaat muzik duit wuduk je tiada cukai pelaburan sila soalan jawapan mesej
semula hantar esok bilangan kat camne camna camana mcm mcmana mne xboleh takde takpe tengok beritahu bagitahu sikit
jer tau kot mak abah emak budak cikgu pejabat basikal ringgit tengahari ahad isnin khamis filem fail imej bezanya
kesilapan mengandungi dikongsi kenalan pelekat penyelenggaraan perkataan taip fikiran kakitangan menemui tempoh elok
tersalah tersilap terlupa bilakah dimanakah kenapakah hukumkah perlukah wajibkah faraid bayaran dimaafkan bahagian
secepat menjalankan berlaku cuba diorang korang kitorang jumpa guna gunakan betulkah bolehlah kahwini kekasih pelajar
universiti panggil
`;
/** Words of Indonesian that Malay has others for. */
const ONLY_INDONESIAN = new Set(
  `
gimana gmn bgmn gmna kapan kpn karena karna krn bisa bs cuma cuman aja kayak gue gw kalo klo klu beda bedanya
perbedaan mau mo pengen pingin butuh nanya menanyakan uang gak ga nggak ngga enggak engga dg sdh udh udah bakal tdk
knp brp cowok cewek pria istri jumat senin kamis bapak mas mbak banget bgt sih dong deh kok loh nih iya musik besok
kemarin sore siang surga silahkan silakan permisi makasih trims trimakasih terimakasih pns gpp ustad ustadz pertanyaan
kirim kirimkan kembali pesan berkas dokumen petugas ortu orangtua apanya jelaskan sebutkan ceritakan artikan jawaban
jawabannya blh hrs stlh setelah sholatnya subuhnya puasanya bertobat tobat penghasilan teman rejeki rezeki jodoh
kredit film coba stiker kontak dibagikan kesalahan terjadi membalas pemeliharaan bagian kristen ketinggalan mengganti
berwudhu wudhu skrg bnr haruskah kakak kak adik pak bu
`.match(/\S+/g),
);

/** Common words of questions in Malay: most are Indonesian's. */
export const ms = [
  ...(ONLY_MALAY.match(/\S+/g) ?? []),
  ...(id.match(/\S+/g) ?? []).filter((word) => !ONLY_INDONESIAN.has(word)),
].join(' ');
