import { type Content, UNREADABLE_KINDS, type UnreadableKind } from '../../conversation/message.ts';
import type { MessageEntry } from './envelope.ts';

/** Nobody waits for an answer to these. `request_welcome`: a chat was opened and nothing written yet. */
const SILENT_TYPES = new Set(['reaction', 'edit', 'revoke', 'system', 'request_welcome']);

const OTHER: Content = { kind: 'unreadable', type: 'other' };

export interface ReadContent {
  readonly content: Content;
  /** Set when the content is not what its type promises: no such type, or its words are missing. */
  readonly surprise?: 'unknown_type' | 'no_content';
}

/**
 * What a person said, by Meta's "messages webhook reference". A picture with a caption is a picture: an answer to the
 * caption alone would pretend that we had seen it.
 */
export function readContent(message: MessageEntry): ReadContent {
  const type = message.type ?? '';
  if (message.group_id !== undefined) return { content: { kind: 'silent', type: 'group' } };
  if (SILENT_TYPES.has(type)) return { content: { kind: 'silent', type } };
  switch (type) {
    case 'text':
      return words(message.text?.body);
    case 'button':
      return words(message.button?.text);
    case 'interactive':
      return words(chosen(message.interactive));
    case 'unsupported':
      return { content: unsupported(message.unsupported?.type) };
    default:
      if (isUnreadable(type)) return { content: { kind: 'unreadable', type } };
      return { content: OTHER, surprise: 'unknown_type' };
  }
}

/** A blank text is as good as none. Lone surrogates would not survive UTF-8, so they become U+FFFD here, once. */
function words(text: string | undefined): ReadContent {
  if (text === undefined || text.trim() === '') return { content: OTHER, surprise: 'no_content' };
  return { content: { kind: 'text', text: text.toWellFormed() } };
}

function chosen(interactive: MessageEntry['interactive']): string | undefined {
  return (
    interactive?.button_reply?.title ??
    interactive?.list_reply?.title ??
    interactive?.nfm_reply?.body ??
    undefined
  );
}

/** On numbers that are not shared with the WhatsApp Business app, edits and deletions come as `unsupported`. */
function unsupported(type: string | undefined): Content {
  return type !== undefined && SILENT_TYPES.has(type) ? { kind: 'silent', type } : OTHER;
}

function isUnreadable(type: string): type is UnreadableKind {
  return UNREADABLE_KINDS.some((kind) => kind === type);
}
