import { createHash } from 'node:crypto';
import type { Chats } from '../chats.ts';
import type { Person } from '../people.ts';
import { type Recording, renamed } from './format.ts';

/**
 * Shows a recorded chat as the chat of a person of its own, without the app. Returns the person. Idempotent: a recording that
 * is open already stays as it is.
 */
export function openRecording(name: string, recording: Recording, chats: Chats, now: number): Person {
  const digits = createHash('sha256')
    .update(`${name} ${JSON.stringify(recording)}`)
    .digest()
    .readBigUInt64BE(0);
  const userId = `US.${String(digits).padStart(20, '1')}`;
  const chat = chats.find(userId) ?? chats.add({ name: `Recorded: ${name}`, userId });
  if (chat.bubbles.length > 0) return chat.person;
  const last = Math.max(...recording.messages.map(({ afterMs }) => afterMs));
  const names = new Map<string, string>();
  for (const message of recording.messages) {
    const at = now - last + message.afterMs;
    const to = message.to === undefined ? undefined : names.get(message.to);
    const more = { at, ...(to === undefined ? {} : { to }) };
    if (message.by === 'business') {
      const bubble = chats.addBusinessMessage(chat, renamed(message.content, names), more);
      chats.progress(bubble, 'read');
      names.set(message.id, bubble.id);
    } else {
      const bubble = chats.addPersonMessage(chat, renamed(message.content, names), more);
      chats.progress(bubble, 'read');
      names.set(message.id, bubble.id);
    }
  }
  return chat.person;
}
