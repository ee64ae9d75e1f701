import type { Phrases } from '../../domain/phrase.ts';

export const es: Phrases = {
  maintenance:
    'En este momento estamos haciendo tareas de mantenimiento. Por favor, envíe de nuevo su pregunta dentro de un rato. Gracias por su paciencia.',
  tooOld:
    'Lo siento, su mensaje me llegó demasiado tarde para responderlo. Si todavía necesita una respuesta, por favor, envíelo de nuevo.',
  apology: 'Lo siento, ocurrió un problema y no pude responderle. Por favor, envíe de nuevo su pregunta.',
  tooMany:
    'Lo siento, ha llegado al número de preguntas que puedo responder a una misma persona en un día. Por favor, vuelva a preguntar mañana.',
  noAnswer: 'Lo siento, esta vez no encontré una respuesta. Por favor, pregunte con otras palabras.',
  cut: 'Lo siento, esta respuesta es demasiado larga para enviarla completa. Por favor, pregunte por la parte que le interese.',
  machine: 'Soy un programa informático: mis respuestas las escribe una máquina y pueden contener errores.',
  handedOff: 'Una persona de nuestro equipo le responderá aquí lo antes posible.',
  optedOut: 'No recibirá más mensajes nuestros. Si cambia de opinión, escriba ALTA.',
  optedIn: 'Le damos la bienvenida de nuevo. Por favor, escriba su pregunta.',
  'unreadable.image': 'Gracias por la imagen. Todavía no puedo ver imágenes; por favor, escriba su pregunta.',
  'unreadable.audio':
    'Gracias por el mensaje de voz. Todavía no puedo escuchar audios; por favor, escriba su pregunta.',
  'unreadable.video': 'Gracias por el video. Todavía no puedo ver videos; por favor, escriba su pregunta.',
  'unreadable.document':
    'Gracias por el documento. Todavía no puedo abrir archivos; por favor, escriba su pregunta.',
  'unreadable.sticker': 'Gracias por el sticker. Solo puedo leer texto; por favor, escriba su pregunta.',
  'unreadable.location':
    'Gracias. No puedo usar una ubicación compartida; por favor, escriba el nombre del lugar junto con su pregunta.',
  'unreadable.contacts': 'Gracias. No puedo leer contactos compartidos; por favor, escriba su pregunta.',
  'unreadable.order': 'Gracias. No puedo recibir pedidos; por favor, escriba su pregunta.',
  'unreadable.other': 'Lo siento, no puedo leer este tipo de mensaje. Por favor, escriba su pregunta.',
};
