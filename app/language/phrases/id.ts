import type { Phrases } from '../../domain/phrase.ts';

export const id: Phrases = {
  maintenance:
    'Kami sedang melakukan pemeliharaan. Silakan kirim kembali pertanyaan Anda beberapa saat lagi. Terima kasih atas kesabaran Anda.',
  tooOld:
    'Maaf, pesan Anda terlambat saya terima. Jika Anda masih membutuhkan jawaban, silakan kirim kembali.',
  apology:
    'Maaf, terjadi kesalahan sehingga saya tidak dapat menjawab. Silakan kirim kembali pertanyaan Anda.',
  tooMany:
    'Maaf, jumlah pertanyaan Anda sudah mencapai batas harian untuk satu orang. Silakan bertanya lagi besok.',
  noAnswer: 'Maaf, kali ini saya tidak menemukan jawaban. Silakan tanyakan dengan kata-kata lain.',
  cut: 'Maaf, jawaban ini terlalu panjang untuk dikirim seluruhnya. Silakan tanyakan bagian yang ingin Anda ketahui lebih lanjut.',
  machine: 'Saya adalah program komputer: jawaban saya ditulis oleh mesin dan mungkin mengandung kesalahan.',
  handedOff: 'Seorang petugas kami akan membalas pesan Anda di sini secepatnya.',
  optedOut: 'Anda tidak akan menerima pesan lagi dari kami. Jika Anda berubah pikiran, silakan ketik MULAI.',
  optedIn: 'Selamat datang kembali. Silakan tulis pertanyaan Anda.',
  'unreadable.image':
    'Terima kasih atas gambarnya. Saya belum dapat melihat gambar; silakan tulis pertanyaan Anda.',
  'unreadable.audio':
    'Terima kasih atas pesan suaranya. Saya belum dapat mendengarkan audio; silakan tulis pertanyaan Anda.',
  'unreadable.video':
    'Terima kasih atas videonya. Saya belum dapat menonton video; silakan tulis pertanyaan Anda.',
  'unreadable.document':
    'Terima kasih atas dokumennya. Saya belum dapat membuka berkas; silakan tulis pertanyaan Anda.',
  'unreadable.sticker':
    'Terima kasih atas stikernya. Saya hanya dapat membaca teks; silakan tulis pertanyaan Anda.',
  'unreadable.location':
    'Terima kasih. Saya tidak dapat menggunakan lokasi yang dibagikan; silakan tulis nama tempatnya bersama pertanyaan Anda.',
  'unreadable.contacts':
    'Terima kasih. Saya tidak dapat membaca kontak yang dibagikan; silakan tulis pertanyaan Anda.',
  'unreadable.order': 'Terima kasih. Saya tidak dapat menerima pesanan; silakan tulis pertanyaan Anda.',
  'unreadable.other': 'Maaf, saya tidak dapat membaca jenis pesan ini. Silakan tulis pertanyaan Anda.',
};
