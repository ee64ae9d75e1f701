import { hash } from 'node:crypto';
import { type BusinessId, scopeOf } from './business.ts';
import type { ChannelName, Message, Person } from './message.ts';

/** Returns the identities of a message's sender, the user id first: it never changes its owner. */
export function identitiesOf({ userId, phone }: Person): readonly string[] {
  return [userId, phone].filter((identity) => identity !== undefined);
}

/** Returns whether an identity is a phone number: it may have another owner one day, a user id never has. */
export function isPhone(identity: string): boolean {
  return /^\d+$/.test(identity);
}

/** Returns the phone number, or the user id of a person without one. */
export function primaryIdentity(person: Person): string {
  return person.phone ?? person.userId ?? '';
}

/** A random value that a store creates once and keeps with its data. The digests below cannot be computed without it. */
export type StoreSecret = string;

/**
 * Returns the digest that replaces a message's id once it is answered. A WhatsApp id contains the person's phone number in
 * base64, so the id itself is not kept.
 */
export function rememberedId(
  secret: StoreSecret,
  message: Pick<Message, 'business' | 'channel' | 'id'>,
): Buffer {
  return keyed(secret, plainDigest(`message|${scopeOf(message)}|${message.id}`));
}

/** Returns the digest that is stored for a platform's id of a part, for the same reason. */
export function rememberedPlatformId(
  secret: StoreSecret,
  sender: { readonly business: BusinessId; readonly channel: ChannelName },
  platformId: string,
): Buffer {
  return keyed(secret, plainDigest(`part|${scopeOf(sender)}|${platformId}`));
}

/** Returns the digest of an identity, for use in keys. */
export function rememberedIdentity(secret: StoreSecret, identity: string): Buffer {
  return keyed(secret, plainDigest(`identity|${identity}`));
}

/**
 * Returns 128 bits that cannot be computed without the secret. For input of a fixed length a digest prefixed with the key is
 * as strong as an HMAC and takes half the time, which counts: storing a message waits for it.
 */
export function keyed(secret: StoreSecret, digest: Buffer): Buffer {
  return hash('sha256', `${secret}|${digest.toString('hex')}`, 'buffer').subarray(0, 16);
}

function plainDigest(text: string): Buffer {
  return hash('sha256', text, 'buffer').subarray(0, 16);
}
