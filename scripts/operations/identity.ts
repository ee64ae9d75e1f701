/** Returns the digits of a phone number as people write it, or a user id unchanged. */
export function identityOf(person: string): string {
  const digits = person.replace(/^\s*(\+|00)|[\s()./-]/g, '');
  return /^\d+$/.test(digits) ? digits : person.trim();
}
