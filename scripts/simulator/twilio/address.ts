import type { Person } from '../people.ts';

const ADDRESS = /^whatsapp:(?:\+([1-9][0-9]{6,14})|([A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}))$/;

/** Returns the address of a person: `whatsapp:+15550000001`, or with the user id when the phone number is hidden. */
export function addressOf({ phone, userId }: Person): string {
  return `whatsapp:${phone === undefined ? userId : `+${phone}`}`;
}

/** Returns the phone number in digits, or the user id; undefined when it is no address. */
export function identityIn(address: string): string | undefined {
  const [, phone, userId] = ADDRESS.exec(address) ?? [];
  return phone ?? userId;
}
