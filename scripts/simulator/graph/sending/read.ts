import type { BusinessContent } from '../../content/business.ts';
import { isJson, type Json, object } from '../check.ts';
import { GraphError, invalid, missing } from '../errors.ts';
import { readInteractive } from './interactive.ts';
import type { Known } from './known.ts';
import { isMediaKind, readMedia } from './media.ts';
import { readContacts, readLocation, readReaction } from './others.ts';
import { readTemplate } from './template.ts';

const LONGEST_TEXT = 4_096;

/** The message of a send, checked by the limits of Meta's "Messages" reference. `text` is the default type. */
export function readContent(body: Json, known: Known): BusinessContent {
  const type = body.type ?? 'text';
  if (typeof type !== 'string') throw invalid('type must be a string');
  if (isMediaKind(type)) return readMedia(type, object(body, type), type, known.media);
  switch (type) {
    case 'text':
      return readText(body);
    case 'location':
      return readLocation(object(body, 'location'));
    case 'contacts':
      return readContacts(body);
    case 'reaction':
      return readReaction(object(body, 'reaction'));
    case 'interactive':
      return readInteractive(object(body, 'interactive'), known.media);
    case 'template':
      return readTemplate(object(body, 'template'), known);
    default:
      throw new GraphError(100, {
        message: `Param type must be one of {AUDIO, CONTACTS, DOCUMENT, IMAGE, INTERACTIVE, LOCATION, REACTION, STICKER, TEMPLATE, TEXT, VIDEO} - got "${type.slice(0, 40)}".`,
      });
  }
}

function readText(body: Json): BusinessContent {
  if (body.text === undefined) throw missing("text is mandatory for type 'text'");
  const words = isJson(body.text) ? body.text.body : undefined;
  if (typeof words !== 'string') throw invalid('text must be an object with a body');
  if (words.trim() === '') throw missing("text['body'] must not be empty");
  if (words.length <= LONGEST_TEXT) return { kind: 'text', text: words };
  throw new GraphError(100, {
    message: `Param text['body'] must be at most ${LONGEST_TEXT} characters long.`,
  });
}
