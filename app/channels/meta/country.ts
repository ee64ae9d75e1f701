import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { UNKNOWN_COUNTRY } from '../../domain/pricing.ts';

/**
 * Returns the country of a phone number (digits with the calling code): ISO 3166-1 alpha-2. Where several countries share a
 * calling code, the digits behind it decide. Returns `UNKNOWN_COUNTRY` for anything else: a group, a user id, a number of
 * no country.
 */
export function countryOf(recipient: string | undefined): string {
  if (recipient === undefined || !/^\d{5,15}$/.test(recipient)) return UNKNOWN_COUNTRY;
  return parsePhoneNumberFromString(`+${recipient}`)?.country ?? UNKNOWN_COUNTRY;
}
