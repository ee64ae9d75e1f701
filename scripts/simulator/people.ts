import { createHash } from 'node:crypto';
import { z } from 'zod';

/** Meta's business-scoped user id: country, then up to 128 letters and digits (Meta, "Business-scoped user IDs"). */
const USER_ID = /^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$/;
const PHONE = /^[1-9][0-9]{6,14}$/;

/** How a payload shows somebody whose phone number is hidden; Meta has been seen to write all three. */
const hidingSchema = z.enum(['absent', 'empty', 'user_id']);

export const newPersonSchema = z
  .strictObject({
    name: z.string().min(1).max(100),
    /** Digits without `+`. Absent: this person hides it. */
    phone: z.string().regex(PHONE, 'a phone number is 7 to 15 digits without +'),
    userId: z.string().regex(USER_ID, 'a user id looks like US.13491208655302741918'),
    hiding: hidingSchema,
  })
  .partial();
export type NewPerson = z.infer<typeof newPersonSchema>;

/** Somebody with WhatsApp on a phone. */
export interface Person {
  /** What every call of the simulator names this person by: the phone number, or the user id when it is hidden. */
  readonly id: string;
  readonly name: string;
  readonly phone?: string;
  readonly userId: string;
  readonly hiding: z.infer<typeof hidingSchema>;
}

export function makePerson(asked: NewPerson, fallbackName: string): Person {
  const { phone } = asked;
  const userId = asked.userId ?? userIdFor(phone ?? asked.name ?? fallbackName);
  const shown = { name: asked.name ?? fallbackName, userId, hiding: asked.hiding ?? 'absent' };
  return phone === undefined ? { id: userId, ...shown } : { id: phone, phone, ...shown };
}

/** A phone number in digits, or a user id. */
export const identitySchema = z.string().refine((text) => USER_ID.test(text) || PHONE.test(text), {
  error: 'a person is named by a phone number in digits or by a user id',
});

/** Whoever is named for the first time by a phone number or a user id exists from then on. */
export function personNamed(identity: string): Person {
  const known = identitySchema.parse(identity);
  return makePerson(USER_ID.test(known) ? { userId: known } : { phone: known }, `Person ${known.slice(-4)}`);
}

function userIdFor(seed: string): string {
  const digest = createHash('sha256').update(seed).digest();
  return `US.${digest.readBigUInt64BE(0).toString().padStart(20, '1')}`;
}
