import type { Phrases } from '../../domain/phrase.ts';

export const en: Phrases = {
  maintenance:
    'We are doing some maintenance right now. Please send your question again in a little while. Thank you for your patience.',
  tooOld:
    'Sorry, your message reached me too late to answer it well. If you still need an answer, please send it again.',
  apology: 'Sorry, something went wrong and I could not answer you. Please send your question again.',
  tooMany:
    'Sorry, you have asked as many questions as I can answer for one person in a day. Please ask again tomorrow.',
  noAnswer: 'Sorry, I could not find an answer this time. Please try asking in other words.',
  cut: 'Sorry, this answer is too long to send in full. Please ask about a part of it, and I will go into that.',
  machine: 'I am a computer program: my answers are written by a machine and may contain mistakes.',
  handedOff: 'A person from our team will answer you here as soon as possible.',
  optedOut: 'You will get no more messages from us. If you change your mind, write START.',
  optedIn: 'Welcome back. Please write your question.',
  'unreadable.image':
    'Thank you for the picture. I cannot see pictures yet; please write your question as text.',
  'unreadable.audio':
    'Thank you for the voice message. I cannot listen to audio yet; please write your question as text.',
  'unreadable.video':
    'Thank you for the video. I cannot watch videos yet; please write your question as text.',
  'unreadable.document':
    'Thank you for the document. I cannot open files yet; please write your question as text.',
  'unreadable.sticker': 'Thank you for the sticker. I can only read text; please write your question.',
  'unreadable.location':
    'Thank you. I cannot use a shared location; please write the name of the place with your question.',
  'unreadable.contacts': 'Thank you. I cannot read shared contacts; please write your question as text.',
  'unreadable.order': 'Thank you. I cannot take orders; please write your question as text.',
  'unreadable.other': 'Sorry, I cannot read this kind of message. Please write your question as text.',
};
