import type { Message } from '../../domain/message.ts';

/** Far above what platforms take (4,096 characters), far below DynamoDB's 400 KB for an item. */
const LONGEST_BYTES = 256 * 1024;

/** The message with its words cut to what an item can hold. */
export function fitting(message: Message): Message {
  const bytes = Buffer.byteLength(JSON.stringify(message));
  if (bytes <= LONGEST_BYTES || message.content.kind !== 'text') return message;
  const { text } = message.content;
  const kept = text.slice(0, Math.floor((text.length * LONGEST_BYTES) / bytes / 2)).toWellFormed();
  return fitting({ ...message, content: { kind: 'text', text: kept } });
}
