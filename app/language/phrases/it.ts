import type { Phrases } from '../../domain/phrase.ts';

export const it: Phrases = {
  maintenance:
    'È in corso una manutenzione. La preghiamo di inviare di nuovo la Sua domanda tra poco. Grazie per la pazienza.',
  tooOld:
    'Mi dispiace, il Suo messaggio è arrivato troppo tardi per potervi rispondere. Se desidera ancora una risposta, lo invii di nuovo.',
  apology:
    'Mi dispiace, si è verificato un problema e non ho potuto risponderLe. La prego di inviare di nuovo la Sua domanda.',
  tooMany:
    'Mi dispiace, ha raggiunto il numero di domande a cui posso rispondere in un giorno per una stessa persona. La prego di riprovare domani.',
  noAnswer:
    'Mi dispiace, questa volta non ho trovato una risposta. La prego di porre la domanda in altre parole.',
  cut: 'Mi dispiace, questa risposta è troppo lunga per essere inviata per intero. Può chiedermi di approfondirne una parte.',
  machine:
    'Sono un programma informatico: le mie risposte sono scritte da una macchina e possono contenere errori.',
  handedOff: 'Una persona del nostro team Le risponderà qui appena possibile.',
  optedOut: 'Non riceverà più messaggi da parte nostra. Se cambia idea, scriva INIZIA.',
  optedIn: 'Le diamo di nuovo il benvenuto. Può scrivere la Sua domanda.',
  'unreadable.image':
    'Grazie per l’immagine. Non posso ancora vedere le immagini: La prego di scrivere la Sua domanda.',
  'unreadable.audio':
    'Grazie per il messaggio vocale. Non posso ancora ascoltare gli audio: La prego di scrivere la Sua domanda.',
  'unreadable.video':
    'Grazie per il video. Non posso ancora guardare i video: La prego di scrivere la Sua domanda.',
  'unreadable.document':
    'Grazie per il documento. Non posso ancora aprire i file: La prego di scrivere la Sua domanda.',
  'unreadable.sticker':
    'Grazie per lo sticker. Posso leggere soltanto testi: La prego di scrivere la Sua domanda.',
  'unreadable.location':
    'Grazie. Non posso usare una posizione condivisa: La prego di scrivere il nome del luogo insieme alla domanda.',
  'unreadable.contacts':
    'Grazie. Non posso leggere i contatti condivisi: La prego di scrivere la Sua domanda.',
  'unreadable.order': 'Grazie. Non posso accettare ordini: La prego di scrivere la Sua domanda.',
  'unreadable.other':
    'Mi dispiace, non posso leggere questo tipo di messaggio. La prego di scrivere la Sua domanda.',
};
