import type { Phrases } from '../../domain/phrase.ts';

export const de: Phrases = {
  maintenance:
    'Wir führen gerade Wartungsarbeiten durch. Bitte senden Sie Ihre Frage in Kürze noch einmal. Vielen Dank für Ihre Geduld.',
  tooOld:
    'Ihre Nachricht hat mich leider zu spät erreicht, um sie noch zu beantworten. Wenn Sie weiterhin eine Antwort brauchen, schreiben Sie mir bitte noch einmal.',
  apology:
    'Leider ist etwas schiefgegangen und ich konnte Ihnen nicht antworten. Bitte senden Sie Ihre Frage noch einmal.',
  tooMany:
    'Sie haben leider schon so viele Fragen gestellt, wie ich einer Person an einem Tag beantworten kann. Bitte fragen Sie morgen wieder.',
  noAnswer:
    'Leider habe ich dieses Mal keine Antwort gefunden. Bitte fragen Sie noch einmal mit anderen Worten.',
  cut: 'Diese Antwort ist leider zu lang, um sie ganz zu senden. Bitte fragen Sie nach einem Teil davon, dann gehe ich näher darauf ein.',
  machine:
    'Ich bin ein Computerprogramm: Meine Antworten werden von einer Maschine geschrieben und können Fehler enthalten.',
  handedOff: 'Ein Mensch aus unserem Team wird Ihnen hier so bald wie möglich antworten.',
  optedOut:
    'Sie erhalten keine Nachrichten mehr von uns. Wenn Sie es sich anders überlegen, schreiben Sie START.',
  optedIn: 'Willkommen zurück. Bitte schreiben Sie Ihre Frage.',
  'unreadable.image':
    'Vielen Dank für das Bild. Ich kann noch keine Bilder sehen; bitte schreiben Sie Ihre Frage als Text.',
  'unreadable.audio':
    'Vielen Dank für die Sprachnachricht. Ich kann noch keine Sprachnachrichten anhören; bitte schreiben Sie Ihre Frage als Text.',
  'unreadable.video':
    'Vielen Dank für das Video. Ich kann noch keine Videos ansehen; bitte schreiben Sie Ihre Frage als Text.',
  'unreadable.document':
    'Vielen Dank für das Dokument. Ich kann noch keine Dateien öffnen; bitte schreiben Sie Ihre Frage als Text.',
  'unreadable.sticker':
    'Vielen Dank für den Sticker. Ich kann nur Text lesen; bitte schreiben Sie Ihre Frage.',
  'unreadable.location':
    'Vielen Dank. Geteilte Standorte kann ich nicht verwenden; bitte schreiben Sie den Namen des Ortes zu Ihrer Frage.',
  'unreadable.contacts':
    'Vielen Dank. Geteilte Kontakte kann ich nicht lesen; bitte schreiben Sie Ihre Frage als Text.',
  'unreadable.order':
    'Vielen Dank. Bestellungen kann ich nicht annehmen; bitte schreiben Sie Ihre Frage als Text.',
  'unreadable.other':
    'Diese Art von Nachricht kann ich leider nicht lesen. Bitte schreiben Sie Ihre Frage als Text.',
};
