/** Returns the last three characters of a phone number or user id, for texts that may be filed or shown. */
export function maskedIdentity(identity: string): string {
  return `***${identity.slice(-3)}`;
}
