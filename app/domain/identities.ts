import type { Person } from './message.ts';

/** Digits, as in WhatsApp's `wa_id`; written with or without `+`. */
const PHONE = /^\+?(\d{4,20})$/;
/** Meta, "Business-scoped user IDs": country, dot, up to 128 letters and digits; `ENT.` for a parent's. */
const USER_ID = /^[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}$/;
const isParent = (userId: string) => userId.slice(2).startsWith('.ENT.');

/**
 * Returns the first phone number and the first user id among the words, by their pattern and not by their field: where
 * WhatsApp hides a number, its field is absent, empty, or holds the user id.
 */
export function identify(words: readonly (string | undefined)[]): Person {
  let phone: string | undefined;
  let userId: string | undefined;
  for (const word of words) {
    if (word === undefined) continue;
    phone ??= PHONE.exec(word)?.[1];
    if (USER_ID.test(word) && (userId === undefined || (isParent(userId) && !isParent(word)))) userId = word;
  }
  return { ...(phone !== undefined && { phone }), ...(userId !== undefined && { userId }) };
}

export function isUserId(word: string | undefined): word is string {
  return word !== undefined && USER_ID.test(word);
}

export function isUnknown({ phone, userId }: Person): boolean {
  return phone === undefined && userId === undefined;
}
