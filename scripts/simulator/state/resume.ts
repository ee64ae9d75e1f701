import type { Chats } from '../chats.ts';
import { contentSchema } from '../content/person.ts';
import type { Platform } from '../platform.ts';

/**
 * Continues what a former process left unfinished: delivers the messages that the app has not accepted, with their ids, and
 * continues the statuses of replies. A status that the app had not accepted is not repeated, nor is a system message.
 */
export function resume(chats: Chats, { say, statuses }: Pick<Platform, 'say' | 'statuses'>): void {
  for (const bubble of chats.bubbles()) {
    const { id, by, person, progress, content } = bubble;
    const chat = chats.find(person);
    if (chat === undefined) continue;
    if (by === 'business' && (progress === 'accepted' || progress === 'sent')) statuses.follow(chat, bubble);
    if (by === 'business' || progress !== 'sent') continue;
    const said = contentSchema.safeParse(content);
    if (said.success) say(person, said.data, { id });
  }
}
