import { UsageError } from '../errors.ts';

/** Returns the digits of a phone number as people write it, or a user id unchanged. */
export function identityOf(person: string): string {
  const digits = person.replace(/^\s*(\+|00)|[\s()./-]/g, '');
  return /^\d+$/.test(digits) ? digits : person.trim();
}

/** International numbers (E.164), and Meta's user ids: a country, a dot and an id ("Business-scoped user IDs"). */
const IDENTITY = /^(\d{5,15}|[A-Za-z]{2}\.[\w.-]{4,})$/;

/**
 * Returns the identity. Throws `UsageError` for what can be none, since "nothing is stored" would hide the slip; it does not
 * repeat what was asked for.
 */
export function requireIdentity(person: string): string {
  const identity = identityOf(person);
  if (IDENTITY.test(identity)) return identity;
  throw new UsageError(
    'This is neither a phone number with its country code, such as +1 555 000 1111, nor a user id, such as US.13491208655302741918, nor the id of a conversation in this store.',
  );
}
