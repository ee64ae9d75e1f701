import type { BusinessContent } from '../../content/business.ts';
import { isJson, type Json, object } from '../check.ts';
import { GraphError, invalid, missing } from '../errors.ts';
import { readInteractive } from './interactive.ts';
import { isMediaKind, readMedia } from './media.ts';
import { readContacts, readLocation, readReaction } from './others.ts';
import type { StoredObjects } from './stored-objects.ts';
import { readTemplate } from './template.ts';

const MAX_TEXT_LENGTH = 4_096;

/** Reads the message of a send and checks the limits in Meta's "Messages" reference. The default type is `text`. */
export function readContent(body: Json, stored: StoredObjects): BusinessContent {
  const type = body.type ?? 'text';
  if (typeof type !== 'string') throw invalid('type must be a string');
  if (isMediaKind(type)) return readMedia(type, object(body, type), type, stored.media);
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
      return readInteractive(object(body, 'interactive'), stored.media);
    case 'template':
      return readTemplate(object(body, 'template'), stored);
    default:
      throw new GraphError(100, {
        message: `Param type must be one of {AUDIO, CONTACTS, DOCUMENT, IMAGE, INTERACTIVE, LOCATION, REACTION, STICKER, TEMPLATE, TEXT, VIDEO} - got "${type.slice(0, 40)}".`,
      });
  }
}

function readText(body: Json): BusinessContent {
  if (body.text === undefined) throw missing("text is mandatory for type 'text'");
  const content = isJson(body.text) ? body.text.body : undefined;
  if (typeof content !== 'string') throw invalid('text must be an object with a body');
  if (content.trim() === '') throw missing("text['body'] must not be empty");
  if (content.length <= MAX_TEXT_LENGTH) return { kind: 'text', text: content };
  throw new GraphError(100, {
    message: `Param text['body'] must be at most ${MAX_TEXT_LENGTH} characters long.`,
  });
}
