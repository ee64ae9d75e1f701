import type { Message } from '../../domain/message.ts';

/** Far above the platforms' limit (4,096 characters), far below DynamoDB's limit of 400 KB for an item. */
const MAX_BYTES = 256 * 1024;

/** Returns the message with its text cut to the size that an item can hold. */
export function fitItem(message: Message): Message {
  const bytes = Buffer.byteLength(JSON.stringify(message));
  if (bytes <= MAX_BYTES || message.content.kind !== 'text') return message;
  const { text } = message.content;
  const cut = text.slice(0, Math.floor((text.length * MAX_BYTES) / bytes / 2)).toWellFormed();
  return fitItem({ ...message, content: { kind: 'text', text: cut } });
}
