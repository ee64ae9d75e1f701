import { Refused } from '../../domain/errors.ts';
import type { Person } from '../../domain/message.ts';

const PREFIX = 'whatsapp:';

/** Returns a channel address without `whatsapp:`; undefined for an address of another channel, and for none. */
export function withoutPrefix(address: string | null): string | undefined {
  if (address === null || !address.toLowerCase().startsWith(PREFIX)) return undefined;
  return address.slice(PREFIX.length).trim();
}

export function addressOf(numberOrUserId: string): string {
  return `${PREFIX}${numberOrUserId}`;
}

/** Codes of parts that were not delivered to the phone: it has no WhatsApp, or the person no longer has the number. */
const UNDELIVERABLE = new Set(['63003', '63024']);

export function isUndeliverable(code: string | undefined): boolean {
  return code !== undefined && UNDELIVERABLE.has(code);
}

/** Prefers the phone where both are known, unless WhatsApp did not deliver to it. */
export function recipientOf(to: Person, failures: readonly string[] = []): string {
  const { phone, userId } = to;
  if (phone !== undefined && (userId === undefined || isUserIdUntried(to, failures))) {
    return addressOf(`+${phone}`);
  }
  if (userId !== undefined) return addressOf(userId);
  throw new Refused('The person has neither a phone number nor a user id');
}

/** Returns true when the part was sent to the phone only, and the person has a user id. */
export function isUserIdUntried({ phone, userId }: Person, failures: readonly string[]): boolean {
  return phone !== undefined && userId !== undefined && !failures.some(isUndeliverable);
}
