import { type Content, type Said, UNREADABLE_KINDS } from '../../domain/message.ts';
import { saidChoice, saidText, type Tapped } from '../../domain/said.ts';
import { Edit, type MessageBody, type MessageEntry, Revoke } from './envelope.ts';

/**
 * Message types that Meta reports without their content (`unsupported.type`). Actions on a message are not among them, and
 * get no reply: `edit`, `keep_in_chat`, `pin`, `poll_update`, `reaction`, `revoke`. Meta, "Unsupported messages webhook
 * reference" (March 2026); `poll` is an older name.
 */
const UNSUPPORTED_MESSAGES = new Set([
  ...['errors', 'gif', 'group_invite', 'hsm', 'image', 'interactive', 'link_preview', 'list', 'location'],
  ...['media_placeholder', 'order', 'poll', 'poll_creation', 'product'],
]);

/** These get no reply. `request_welcome`: a chat was opened without a message. */
const SILENT_TYPES = new Set(['reaction', 'system', 'request_welcome', 'pin', 'keep_in_chat', 'poll_update']);

/**
 * Replies to forms, calls and payments that another sender on the number started. `nfm_reply` is the reply of a Flow: its
 * `body` is WhatsApp's own text ("Sent"), and only the Flow's author knows which values of `response_json` a person wrote.
 */
const SILENT_INTERACTIONS = new Set(['nfm_reply', 'call_permission_reply', 'payment_method']);

const OTHER: Said = { kind: 'unreadable', type: 'other' };

export interface ReadContent {
  readonly content: Content;
  /** Set when the type is unknown, or the text or object that belongs to it is missing. */
  readonly notice?: 'unknown_type' | 'no_content';
  /** The platform's word that the notice is about, if it is not the type. */
  readonly detail?: string;
}

/**
 * Returns the content of a message (Meta, "messages webhook reference"). A picture with a caption is a picture: a reply to
 * the caption alone would pretend that the picture was seen. An unknown type gets no reply: it may be an action.
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
      return textContent(message.text?.body);
    case 'button':
      return choiceContent(message.button && { id: message.button.payload, title: message.button.text });
    case 'interactive':
      return interaction(message.interactive);
    // The name in older versions.
    case 'unknown':
    case 'unsupported':
      return unsupported(message.unsupported?.type);
    default: {
      const kind = UNREADABLE_KINDS.find((known) => known === type && known !== 'other');
      return kind ? { content: { kind: 'unreadable', type: kind } } : unknownType(type);
    }
  }
}

/** Only on numbers shared with the WhatsApp Business app; on others an edit is `unsupported` and names no message. */
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

/** A text without visible characters counts as missing. */
function textContent(text: string | undefined): ReadContent {
  return saidOrMissing(saidText(text));
}

function choiceContent(tapped: Tapped | undefined): ReadContent {
  return saidOrMissing(tapped === undefined ? undefined : saidChoice(tapped));
}

function saidOrMissing(said: Said | undefined): ReadContent {
  return said === undefined ? { content: OTHER, notice: 'no_content' } : { content: said };
}

function interaction(interactive: MessageBody['interactive']): ReadContent {
  if (interactive === undefined) return textContent(undefined);
  const { type, button_reply, list_reply } = interactive;
  const tapped = button_reply ?? list_reply;
  if (tapped !== undefined || type === 'button_reply' || type === 'list_reply') return choiceContent(tapped);
  if (type !== undefined && SILENT_INTERACTIONS.has(type)) return silent(type);
  return unknownType(type ?? 'interactive');
}

function unsupported(type: string | undefined): ReadContent {
  if (type === undefined || UNSUPPORTED_MESSAGES.has(type)) return { content: OTHER };
  return SILENT_TYPES.has(type) || type === 'edit' || type === 'revoke' ? silent(type) : unknownType(type);
}
