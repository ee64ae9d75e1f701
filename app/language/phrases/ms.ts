import type { Phrases } from '../../domain/phrase.ts';

export const ms: Phrases = {
  maintenance:
    'Kami sedang menjalankan kerja penyelenggaraan. Sila hantar semula soalan anda sebentar lagi. Terima kasih atas kesabaran anda.',
  tooOld:
    'Maaf, mesej anda terlalu lewat sampai kepada saya. Jika anda masih memerlukan jawapan, sila hantar semula.',
  apology: 'Maaf, berlaku masalah dan saya tidak dapat menjawab. Sila hantar semula soalan anda.',
  tooMany:
    'Maaf, bilangan soalan anda sudah mencapai had harian bagi seorang pengguna. Sila tanya lagi esok.',
  noAnswer: 'Maaf, saya tidak menemui jawapan kali ini. Sila kemukakan soalan anda dengan cara lain.',
  cut: 'Maaf, jawapan ini terlalu panjang untuk dihantar sepenuhnya. Sila tanya tentang bahagian yang anda ingin tahu dengan lebih lanjut.',
  machine: 'Saya ialah program komputer: jawapan saya ditulis oleh mesin dan mungkin mengandungi kesilapan.',
  handedOff: 'Seorang kakitangan kami akan membalas mesej anda di sini secepat mungkin.',
  optedOut: 'Anda tidak akan menerima mesej daripada kami lagi. Jika anda berubah fikiran, sila taip MULA.',
  optedIn: 'Selamat kembali. Sila tulis soalan anda.',
  'unreadable.image':
    'Terima kasih atas gambar itu. Saya belum dapat melihat gambar; sila tulis soalan anda.',
  'unreadable.audio':
    'Terima kasih atas mesej suara itu. Saya belum dapat mendengar audio; sila tulis soalan anda.',
  'unreadable.video': 'Terima kasih atas video itu. Saya belum dapat menonton video; sila tulis soalan anda.',
  'unreadable.document':
    'Terima kasih atas dokumen itu. Saya belum dapat membuka fail; sila tulis soalan anda.',
  'unreadable.sticker':
    'Terima kasih atas pelekat itu. Saya hanya dapat membaca teks; sila tulis soalan anda.',
  'unreadable.location':
    'Terima kasih. Saya tidak dapat menggunakan lokasi yang dikongsi; sila tulis nama tempat itu bersama soalan anda.',
  'unreadable.contacts':
    'Terima kasih. Saya tidak dapat membaca kenalan yang dikongsi; sila tulis soalan anda.',
  'unreadable.order': 'Terima kasih. Saya tidak dapat menerima pesanan; sila tulis soalan anda.',
  'unreadable.other': 'Maaf, saya tidak dapat membaca mesej jenis ini. Sila tulis soalan anda.',
};
