/** Common words of questions in Indonesian, with what people on phones make of them. Malay has a list of its own. */
export const id = `
apa apakah apanya bagaimana bagaimanakah gimana gmn bgmn gmna kenapa knp mengapa kapan kpn dimana mana siapa siapakah
berapa brp kah yang yg dan dg dgn dengan untuk utk buat dari dr di ke pada kepada dalam dlm oleh tentang ttg sebelum
sesudah setelah stlh sambil sedang sudah sdh udah udh telah belum blm akan bakal masih lagi juga jg saja aja hanya
cuma cuman kalau kalo klo klu jika bila apabila karena karna krn sebab supaya agar tetapi tapi tp namun atau ataukah
maka lalu kemudian ketika saat waktu selama hingga sampai sejak antara tanpa seperti kayak sama bagi terhadap menurut
saya sy sya aku gue gw kamu anda kau dia ia beliau kita kami mereka kalian nya ku mu ini itu tersebut begitu begini
sini situ tidak tdk gak ga nggak ngga enggak engga bukan jangan jgn tak bisa bs dapat dpt boleh blh bolehkah harus hrs
haruskah wajib mau mo ingin pengen pingin perlu butuh suka ada adakah adalah ialah merupakan jadi menjadi bertanya
tanya nanya menanyakan jelaskan tolong mohon minta kasih beri berikan sebutkan ceritakan artikan jawab jawaban
jawabannya hukum hukumnya cara caranya arti artinya makna maknanya perbedaan bedanya beda syarat rukun macam niat
bacaan doa sholatnya puasanya membatalkan batal batalkah sah sahkah dosa berdosa pahala dilarang larangan
diperbolehkan melakukan mengerjakan membaca baca mendengar mendengarkan makan minum tidur mandi puasa menikah nikah
nikahi menikahi pacaran cerai menceraikan bekerja kerja membayar bayar menghitung hitung berapakah memakai pakai
menggunakan menyentuh memegang berbuat menonton nonton bermain main belajar pergi pulang datang masuk keluar lupa
ketinggalan tertinggal mengganti ganti mengampuni diampuni bertobat tobat taubat meninggal mati hidup sakit hamil haid
menyusui melahirkan keguguran junub memberi menolak meminta mencari menjaga menjual membeli jual beli pinjam pinjaman
hutang utang bunga rumah uang gaji penghasilan tahun bulan hari besok kemarin malam pagi siang sore subuhnya minggu
senin selasa rabu kamis jumat sabtu jam orang anak istri suami ibu bapak ayah ortu tua orangtua kakak adik saudara
keluarga teman wanita perempuan laki pria cewek cowok manusia tuhan nabi rasul malaikat setan kitab ayat kisah cerita
sejarah tanda kiamat surga neraka kubur agama kristen kafir ustad ustadz pak bu mas mbak bang kak babi anjing kucing
daging ikan ayam gigi rambut kuku darah air kencing muntah kentut celak banyak sedikit besar kecil baik buruk benar
bnr salahkah baru lama sekali banget bgt sangat paling lebih kurang semua setiap sering selalu kadang pernah nanti
sekarang skrg tadi dulu satu dua tiga empat lima enam tujuh sepuluh kali iya ya tidaknya nih dong deh sih kok loh
terima terimakasih makasih trims trimakasih selamat maaf permisi silahkan dalil hadits riwayat menurutmu jodoh rezeki
rejeki jenazah mayit meninggalnya bersuci najis berwudhu wudhu jadwal gpp film lagu musik rokok merokok kredit pns
betul kadar masa kawan mesti hendak maksud bapa mahu ambil tu ni lah pasal lepas mengandung menyusu bersalin saham
wang dah kena tengah patut cakap faham had sekolah cuti petang berubah lambat lewat sengaja pelihara rakaat robot
dosakah hati harta sunat dibaca dimakan mungkin program komputer ditulis mesin sebentar atas kesabaran terlalu
memerlukan masalah mencapai harian seorang lanjut coba menerima lokasi pesanan jenis nama tempat tahu membuka video
suara teks sepenuhnya tenang balik dibuat cat dengar ikut gambar dokumen pertanyaan kirim kirimkan kembali pesan
berkas stiker kontak dibagikan silakan berpikir kesalahan terjadi petugas membalas menemukan kata secepatnya
pemeliharaan batas bagian kereta kira ampun
`;
