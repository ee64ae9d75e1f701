import { createHash } from 'node:crypto';
import { z } from 'zod';

/** Meta's business-scoped user id: country, then up to 128 letters and digits (Meta, "Business-scoped user IDs"). */
const USER_ID = /^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$/;
/** WhatsApp user names: 3 to 35 lower-case letters, digits, dots and underscores. */
const USERNAME = /^[a-z0-9._]{3,35}$/;
const PHONE = /^[1-9][0-9]{6,14}$/;

/** How a payload shows a person whose phone number is hidden. Meta has sent all three forms. */
const hiddenPhoneSchema = z.enum(['absent', 'empty', 'user_id']);

export const phoneSchema = z.string().regex(PHONE, 'a phone number is 7 to 15 digits without +');
export const userIdSchema = z.string().regex(USER_ID, 'a user id looks like US.13491208655302741918');

export const newPersonSchema = z
  .strictObject({
    name: z.string().min(1).max(100),
    /** Digits without `+`. Absent: the person hides the number. */
    phone: phoneSchema,
    userId: userIdSchema,
    username: z.string().regex(USERNAME, 'a user name is 3 to 35 of a-z, 0-9, . and _'),
    hiding: hiddenPhoneSchema,
  })
  .partial();
export type NewPerson = z.infer<typeof newPersonSchema>;

/** A person with WhatsApp. */
export interface Person {
  /** Identifies the person in every call of the simulator: the phone number, or the user id when it is hidden. */
  readonly id: string;
  readonly name: string;
  readonly phone?: string;
  readonly userId: string;
  readonly username?: string;
  readonly hiding: z.infer<typeof hiddenPhoneSchema>;
}

/**
 * `isTaken` returns true for the present and former user ids of people. None of them is generated again, since Meta gives
 * the next owner of a phone number another user id.
 */
export function makePerson(
  person: NewPerson,
  fallbackName: string,
  isTaken: (userId: string) => boolean = () => false,
): Person {
  const { phone, username } = person;
  const name = person.name ?? fallbackName;
  const userId = person.userId ?? unusedUserId(phone ?? name, isTaken);
  const shown = { name, userId, hiding: person.hiding ?? 'absent', ...(username ? { username } : {}) };
  return phone === undefined ? { id: userId, ...shown } : { id: phone, phone, ...shown };
}

/** A phone number in digits, or a user id. */
export const identitySchema = z.string().refine((text) => USER_ID.test(text) || PHONE.test(text), {
  error: 'a person is identified by a phone number in digits or by a user id',
});

/** Returns a new person with this phone number or user id. */
export function unknownPerson(identity: string): NewPerson & { readonly name: string } {
  const known = identitySchema.parse(identity);
  const name = `Person ${known.slice(-4)}`;
  return USER_ID.test(known) ? { userId: known, name } : { phone: known, name };
}

/** Returns a user id derived from `seed`: the same one each time, until it is taken. */
export function unusedUserId(seed: string, isTaken: (userId: string) => boolean): string {
  for (let count = 0; ; count += 1) {
    const digest = createHash('sha256')
      .update(count === 0 ? seed : `${seed} ${count}`)
      .digest();
    const userId = `US.${digest.readBigUInt64BE(0).toString().padStart(20, '1')}`;
    if (!isTaken(userId)) return userId;
  }
}
