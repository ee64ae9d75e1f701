import type { Phrases } from '../../domain/phrase.ts';

export const tr: Phrases = {
  maintenance:
    'Şu anda bakım yapıyoruz. Lütfen sorunuzu bir süre sonra yeniden gönderin. Sabrınız için teşekkür ederiz.',
  tooOld:
    'Üzgünüm, mesajınız bana çok geç ulaştı. Hâlâ bir cevaba ihtiyacınız varsa lütfen yeniden gönderin.',
  apology: 'Üzgünüm, bir sorun oluştu ve size cevap veremedim. Lütfen sorunuzu yeniden gönderin.',
  tooMany: 'Üzgünüm, bir kişinin bir günde sorabileceği soru sayısına ulaştınız. Lütfen yarın yeniden sorun.',
  noAnswer: 'Üzgünüm, bu kez bir cevap bulamadım. Lütfen sorunuzu başka kelimelerle sorun.',
  cut: 'Üzgünüm, bu cevap tamamı gönderilemeyecek kadar uzun. Lütfen merak ettiğiniz bölümü ayrıca sorun.',
  machine: 'Ben bir bilgisayar programıyım: cevaplarım bir makine tarafından yazılır ve hata içerebilir.',
  handedOff: 'Ekibimizden bir kişi en kısa sürede size buradan cevap verecek.',
  optedOut: 'Artık bizden mesaj almayacaksınız. Fikrinizi değiştirirseniz BAŞLA yazın.',
  optedIn: 'Yeniden hoş geldiniz. Lütfen sorunuzu yazın.',
  'unreadable.image': 'Görsel için teşekkürler. Henüz görselleri göremiyorum; lütfen sorunuzu yazın.',
  'unreadable.audio':
    'Sesli mesaj için teşekkürler. Henüz sesli mesajları dinleyemiyorum; lütfen sorunuzu yazın.',
  'unreadable.video': 'Video için teşekkürler. Henüz videoları izleyemiyorum; lütfen sorunuzu yazın.',
  'unreadable.document': 'Belge için teşekkürler. Henüz dosyaları açamıyorum; lütfen sorunuzu yazın.',
  'unreadable.sticker': 'Çıkartma için teşekkürler. Yalnızca metin okuyabiliyorum; lütfen sorunuzu yazın.',
  'unreadable.location':
    'Teşekkürler. Paylaşılan konumu kullanamıyorum; lütfen yerin adını sorunuzla birlikte yazın.',
  'unreadable.contacts': 'Teşekkürler. Paylaşılan kişileri okuyamıyorum; lütfen sorunuzu yazın.',
  'unreadable.order': 'Teşekkürler. Sipariş alamıyorum; lütfen sorunuzu yazın.',
  'unreadable.other': 'Üzgünüm, bu tür mesajları okuyamıyorum. Lütfen sorunuzu yazın.',
};
