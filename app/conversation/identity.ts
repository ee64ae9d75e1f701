import { hash } from 'node:crypto';
import type { ConversationId } from '../ports.ts';
import type { ChannelName, Message, Person } from './message.ts';

/** Every identity under which this person may be known already, the steadiest first. */
export function identitiesOf(person: Person): readonly string[] {
  const all = [person.userId ?? '', person.phone ?? '', ...(person.formerly ?? [])];
  return [...new Set(all)].filter((identity) => identity !== '');
}

/** Under which the assistant will know a person who is new to us: a phone number where there is one. */
export function accountOf(person: Person): string {
  return person.phone ?? person.userId ?? '';
}

/**
 * The id of a conversation that begins now. Two doors that see the same first message at once name it alike.
 * Later identities of the same person lead to it through the store.
 */
export function newConversationId(channel: ChannelName, number: string, account: string): ConversationId {
  return digest(`conversation|${channel}|${number}|${account}`).toString('base64url').slice(0, 22);
}

/**
 * What is left of a message's id once it is answered. A WhatsApp id holds the person's phone number in base64, so the
 * id itself is not kept.
 */
export function rememberedId(message: Pick<Message, 'channel' | 'id'>): Buffer {
  return digest(`message|${message.channel}|${message.id}`).subarray(0, 16);
}

/** How a platform's id of a part is kept, for the same reason. */
export function rememberedPlatformId(channel: ChannelName, platformId: string): Buffer {
  return digest(`part|${channel}|${platformId}`).subarray(0, 16);
}

function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
