/**
 * Whole messages, in lower case, with which a person asks for no more messages or for messages again. A word that is also an
 * ordinary question or answer ("end", "no", "continue") is not among them.
 */

export const STOP_WORDS: ReadonlySet<string> = new Set([
  ...['stop', 'stop all', 'stopall', 'unsubscribe', 'opt out', 'optout', 'cancel'],
  ...['إيقاف', 'توقف', 'أوقف', 'إلغاء الاشتراك', 'ألغ الاشتراك'],
  ...['arrêt', 'arrêter', 'arrêtez', 'désabonner', 'se désabonner', 'désinscription'],
  ...['berhenti', 'berhenti berlangganan', 'setop'],
  ...['dur', 'durdur', 'abonelikten çık', 'aboneliği iptal et'],
  ...['روکیں', 'روک دیں', 'بند کریں', 'بند کرو'],
]);

export const START_WORDS: ReadonlySet<string> = new Set([
  ...['start', 'unstop', 'subscribe', 'opt in', 'optin'],
  ...['ابدأ', 'بدء', 'استئناف', 'اشتراك'],
  ...['démarrer', 'commencer', 'reprendre', 's’abonner'],
  ...['mulai', 'mulai lagi', 'berlangganan'],
  ...['başla', 'başlat', 'abone ol'],
  ...['شروع', 'شروع کریں', 'شروع کرو'],
]);
