import type { Phrases } from '../../domain/phrase.ts';

export const fr: Phrases = {
  maintenance:
    'Une maintenance est en cours. Merci de renvoyer votre question dans un petit moment, et merci de votre patience.',
  tooOld:
    'Désolé, votre message m’est parvenu trop tard pour y répondre. Si vous attendez toujours une réponse, merci de le renvoyer.',
  apology:
    'Désolé, un problème est survenu et je n’ai pas pu vous répondre. Merci de renvoyer votre question.',
  tooMany:
    'Désolé, vous avez atteint le nombre de questions auxquelles je peux répondre par jour pour une même personne. Merci de réessayer demain.',
  noAnswer: 'Désolé, je n’ai pas trouvé de réponse cette fois-ci. Merci de reformuler votre question.',
  cut: 'Désolé, cette réponse est trop longue pour être envoyée en entier. Merci de poser une question sur le point qui vous intéresse.',
  machine:
    'Je suis un programme informatique : mes réponses sont rédigées par une machine et peuvent contenir des erreurs.',
  handedOff: 'Une personne de notre équipe vous répondra ici dès que possible.',
  optedOut: 'Vous ne recevrez plus de messages de notre part. Si vous changez d’avis, écrivez START.',
  optedIn: 'Bon retour parmi nous. Merci d’écrire votre question.',
  'unreadable.image':
    'Merci pour l’image. Je ne peux pas encore voir les images. Merci d’écrire votre question.',
  'unreadable.audio':
    'Merci pour le message vocal. Je ne peux pas encore écouter les messages vocaux. Merci d’écrire votre question.',
  'unreadable.video':
    'Merci pour la vidéo. Je ne peux pas encore regarder les vidéos. Merci d’écrire votre question.',
  'unreadable.document':
    'Merci pour le document. Je ne peux pas encore ouvrir les fichiers. Merci d’écrire votre question.',
  'unreadable.sticker':
    'Merci pour l’autocollant. Je ne peux lire que du texte. Merci d’écrire votre question.',
  'unreadable.location':
    'Merci. Je ne peux pas utiliser une position partagée. Merci d’écrire le nom du lieu avec votre question.',
  'unreadable.contacts': 'Merci. Je ne peux pas lire les contacts partagés. Merci d’écrire votre question.',
  'unreadable.order': 'Merci. Je ne peux pas prendre de commandes. Merci d’écrire votre question.',
  'unreadable.other': 'Désolé, je ne peux pas lire ce type de message. Merci d’écrire votre question.',
};
