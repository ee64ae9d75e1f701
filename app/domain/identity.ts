import { hash } from 'node:crypto';
import type { ChannelName, Message, Person } from './message.ts';

/** The names under which a message shows its sender, the stronger one first: a user id never changes its owner. */
export function identitiesOf({ userId, phone }: Person): readonly string[] {
  return [userId, phone].filter((identity) => identity !== undefined);
}

/** The name under which the assistant knows somebody whose names belong to nobody else: a phone number where there is one. */
export function primaryIdentity(person: Person): string {
  return person.phone ?? person.userId ?? '';
}

/** A random value that a store makes once and keeps beside its data; without it no digest below can be computed. */
export type StoreSecret = string;

/**
 * What is left of a message's id once it is answered. A WhatsApp id holds the person's phone number in base64, so the
 * id itself is not kept.
 */
export function rememberedId(secret: StoreSecret, { channel, id }: Pick<Message, 'channel' | 'id'>): Buffer {
  return keyed(secret, plainDigest(`message|${channel}|${id}`));
}

/** How a platform's id of a part is kept, for the same reason. */
export function rememberedPlatformId(secret: StoreSecret, channel: ChannelName, platformId: string): Buffer {
  return keyed(secret, plainDigest(`part|${channel}|${platformId}`));
}

/** A name of a person, as part of a key. */
export function rememberedIdentity(secret: StoreSecret, identity: string): Buffer {
  return keyed(secret, plainDigest(`identity|${identity}`));
}

/**
 * 128 bits that cannot be computed without the secret. The input has a fixed length, for which a digest that begins
 * with the key is as strong as an HMAC and takes half its time; accepting a message waits for one.
 */
export function keyed(secret: StoreSecret, digest: Buffer): Buffer {
  return hash('sha256', `${secret}|${digest.toString('hex')}`, 'buffer').subarray(0, 16);
}

function plainDigest(text: string): Buffer {
  return hash('sha256', text, 'buffer').subarray(0, 16);
}
