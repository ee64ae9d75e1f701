import {
  type Attachment,
  type BusinessContent,
  MEDIA_KINDS,
  type MediaKind,
} from '../../content/business.ts';
import type { Media } from '../../media.ts';
import { address, type Json, messageText, text } from '../check.ts';
import { GraphError, invalid, missing } from '../errors.ts';
import { kindOfMime } from '../uploads.ts';

const MAX_CAPTION_LENGTH = 1_024;
const CAPTIONED: readonly string[] = ['image', 'video', 'document'];

export function isMediaKind(type: string): type is MediaKind {
  return MEDIA_KINDS.some((kind) => kind === type);
}

export function readMedia(kind: MediaKind, json: Json, path: string, media: Media): BusinessContent {
  const attachment = readAttachment(kind, json, path, media);
  if (!CAPTIONED.includes(kind) && json.caption != null) throw unexpected('caption', path);
  const caption = messageText(json, 'caption', path, MAX_CAPTION_LENGTH);
  return { kind, ...attachment, ...(caption ? { text: caption } : {}) };
}

/** Reads the file of a message or of a header: an uploaded one or a link, not both. */
export function readAttachment(kind: MediaKind, json: Json, path: string, media: Media): Attachment {
  const named = json.filename == null ? undefined : text(json, 'filename', path, { max: 240 });
  if (named !== undefined && kind !== 'document') throw unexpected('filename', path);
  const name = named === undefined ? {} : { name: named };
  const id = typeof json.id === 'number' ? String(json.id) : json.id;
  if (id != null && json.link != null) throw invalid(`${path} has both an id and a link`);
  if (id == null && json.link == null) throw missing(`${path} needs an id or a link`);
  if (id == null) return { link: address(json, 'link', path), ...name };
  if (typeof id !== 'string') throw invalid(`${path}['id'] must be a string`);
  const file = media.find(id);
  if (!file) {
    throw invalid(`${id.slice(0, 40)} is not a valid whatsapp business account media attachment ID`);
  }
  const allowedKinds = kindOfMime(file.mime);
  if (!allowedKinds.includes(kind)) {
    throw new GraphError(131053, { details: `Media of type ${file.mime} cannot be sent as ${kind}.` });
  }
  return { media: id, ...name };
}

function unexpected(key: string, path: string): GraphError {
  return new GraphError(100, { message: `Unexpected key "${key}" on param "${path}"` });
}
