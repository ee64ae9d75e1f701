import type { Recipient } from '../../resilience/two-addresses.ts';

const PREFIX = 'whatsapp:';

/** Returns a channel address without `whatsapp:`; undefined for an address of another channel, and for none. */
export function withoutPrefix(address: string | null): string | undefined {
  if (address === null || !address.toLowerCase().startsWith(PREFIX)) return undefined;
  return address.slice(PREFIX.length).trim();
}

export function channelAddress(numberOrUserId: string): string {
  return `${PREFIX}${numberOrUserId}`;
}

export function addressOf(recipient: Recipient): string {
  return channelAddress('phone' in recipient ? `+${recipient.phone}` : recipient.userId);
}
