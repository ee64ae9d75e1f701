import { type MessageContext, readContext } from './context.ts';
import type { DeliveryBuilder } from './delivery-builder.ts';
import { EchoEntry, EchoValue, mayHave } from './envelope.ts';
import { readRecipient } from './person.ts';

/**
 * What somebody does in the app without writing to the person. Meta echoes edits and deletions of earlier messages too
 * ("smb_message_echoes webhook reference").
 */
const NOT_WRITTEN = new Set(['edit', 'revoke', 'reaction', 'pin', 'keep_in_chat', 'poll_update', 'system']);

/**
 * Reads the field `smb_message_echoes`: messages that somebody of the business wrote in the WhatsApp Business app, or on a
 * device that is linked to it. Messages of the API, such as ours, are not among them.
 */
export function readEchoes(item: unknown, builder: DeliveryBuilder): void {
  const value = EchoValue.safeParse(item).data;
  if (value === undefined) {
    builder.notice('malformed_value');
    return;
  }
  const echoes = builder.list(value.message_echoes, 'message_echoes');
  if (echoes.length === 0) return;
  const context = readContext(value, builder);
  if (context === undefined) return;
  for (const echo of echoes) readEcho(echo, context, builder);
}

function readEcho(
  item: unknown,
  { number, ownPhone, contacts }: MessageContext,
  builder: DeliveryBuilder,
): void {
  const echo = mayHave(item, 'id') ? EchoEntry.safeParse(item).data : undefined;
  if (echo === undefined) {
    builder.notice('malformed_echo');
    return;
  }
  const { id, type, timestamp, group_id } = echo;
  if (group_id !== undefined || (type !== undefined && NOT_WRITTEN.has(type))) {
    builder.notice('smb_message_echoes', group_id === undefined ? type : 'group', true);
    return;
  }
  const person = readRecipient(echo, contacts);
  if (person === undefined) {
    builder.notice('no_recipient', type);
    return;
  }
  // The business's notes to itself.
  if (person.phone !== undefined && person.phone === ownPhone) {
    builder.notice('own_number', type);
    return;
  }
  const sentAt = builder.time(timestamp);
  builder.messages.push({ id, channel: 'meta', number, person, sentAt, content: { kind: 'takeover' } });
}
