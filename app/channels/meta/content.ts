import { type Choice, type Content, type Said, UNREADABLE_KINDS } from '../../domain/message.ts';
import { hasVisibleText } from '../../domain/visible.ts';
import { Edit, type MessageBody, type MessageEntry, Revoke } from './envelope.ts';

/**
 * Kinds of message that Meta names and does not hand on (`unsupported.type`). Left out, and so silent, is what a person
 * does to a message: `edit`, `keep_in_chat`, `pin`, `poll_update`, `reaction`, `revoke`. Meta, "Unsupported messages
 * webhook reference" (March 2026); `poll` is its older word.
 */
const UNSUPPORTED_MESSAGES = new Set([
  ...['errors', 'gif', 'group_invite', 'hsm', 'image', 'interactive', 'link_preview', 'list', 'location'],
  ...['media_placeholder', 'order', 'poll', 'poll_creation', 'product'],
]);

/** Nobody waits for an answer to these. `request_welcome`: a chat was opened and nothing written yet. */
const SILENT_TYPES = new Set(['reaction', 'system', 'request_welcome', 'pin', 'keep_in_chat', 'poll_update']);

/**
 * Forms, calls and payments that somebody else on the number has sent. `nfm_reply` is the reply of a Flow: its `body` is
 * WhatsApp's own word ("Sent"), and which values of its `response_json` a person wrote, only the Flow's maker knows.
 */
const SILENT_INTERACTIONS = new Set(['nfm_reply', 'call_permission_reply', 'payment_method']);

const OTHER: Said = { kind: 'unreadable', type: 'other' };

export interface ReadContent {
  readonly content: Content;
  /** Set when the content is not what its type promises: no such type, or its words or its object are missing. */
  readonly notice?: 'unknown_type' | 'no_content';
  /** The platform's word that the notice is about, where it is not the type. */
  readonly detail?: string;
}

/**
 * What a person said, by Meta's "messages webhook reference". A picture with a caption is a picture: an answer to the
 * caption alone would pretend that we had seen it. A type that is not known is silent: it may be an action and no message.
 */
export function readContent(message: MessageEntry): ReadContent {
  if (message.group_id !== undefined) return silent('group');
  switch (message.type) {
    case 'edit':
      return edited(message);
    case 'revoke':
      return revoked(message);
    default:
      return readBody(message);
  }
}

function readBody(message: MessageBody): ReadContent {
  const { type = '' } = message;
  if (SILENT_TYPES.has(type)) return silent(type);
  switch (type) {
    case 'text':
      return words(message.text?.body);
    case 'button':
      return chosen(message.button && { id: message.button.payload, title: message.button.text });
    case 'interactive':
      return interaction(message.interactive);
    // The word of older versions.
    case 'unknown':
    case 'unsupported':
      return unsupported(message.unsupported?.type);
    default: {
      const kind = UNREADABLE_KINDS.find((known) => known === type && known !== 'other');
      return kind ? { content: { kind: 'unreadable', type: kind } } : unknownType(type);
    }
  }
}

/** Only on numbers that are shared with the WhatsApp Business app; on others it is `unsupported` and names no message. */
function edited({ edit }: MessageEntry): ReadContent {
  const read = Edit.safeParse(edit);
  if (!read.success) return { ...silent('edit'), notice: 'no_content' };
  const { content, ...odd } = readBody(read.data.message);
  if (content.kind !== 'text' && content.kind !== 'unreadable') return { ...silent('edit'), ...odd };
  return { content: { kind: 'edit', of: read.data.original_message_id, content }, ...odd };
}

function revoked({ revoke }: MessageEntry): ReadContent {
  const read = Revoke.safeParse(revoke);
  if (!read.success) return { ...silent('revoke'), notice: 'no_content' };
  return { content: { kind: 'revoke', of: read.data.original_message_id } };
}

function silent(type: string): ReadContent {
  return { content: { kind: 'silent', type } };
}

function unknownType(detail: string): ReadContent {
  return { ...silent('unknown'), notice: 'unknown_type', detail };
}

/**
 * A text in which nobody can see anything is as good as none. Lone surrogates would not survive UTF-8, so they become
 * U+FFFD here, once.
 */
function words(text: string | undefined): ReadContent {
  if (text === undefined || !hasVisibleText(text)) return { content: OTHER, notice: 'no_content' };
  return { content: { kind: 'text', text: text.toWellFormed() } };
}

interface Tapped {
  readonly id?: string | undefined;
  readonly title: string;
  readonly description?: string | undefined;
}

/** What is asked is what the person saw when tapping: the title and the description. */
function chosen(tapped: Tapped | undefined): ReadContent {
  if (tapped === undefined) return words(undefined);
  const { id, title, description = '' } = tapped;
  const lines = [title, description].filter(hasVisibleText).map((line) => line.toWellFormed());
  const read = words(lines.join('\n'));
  if (read.content.kind !== 'text') return read;
  const choice: Choice = {
    ...(id !== undefined && { id: id.toWellFormed() }),
    title: title.toWellFormed(),
    ...(hasVisibleText(description) && { description: description.toWellFormed() }),
  };
  return { content: { ...read.content, choice } };
}

function interaction(interactive: MessageBody['interactive']): ReadContent {
  if (interactive === undefined) return words(undefined);
  const { type, button_reply, list_reply } = interactive;
  const tapped = button_reply ?? list_reply;
  if (tapped !== undefined || type === 'button_reply' || type === 'list_reply') return chosen(tapped);
  if (type !== undefined && SILENT_INTERACTIONS.has(type)) return silent(type);
  return unknownType(type ?? 'interactive');
}

function unsupported(type: string | undefined): ReadContent {
  if (type === undefined || UNSUPPORTED_MESSAGES.has(type)) return { content: OTHER };
  return SILENT_TYPES.has(type) || type === 'edit' || type === 'revoke' ? silent(type) : unknownType(type);
}
