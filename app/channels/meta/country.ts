import { getCountries, getCountryCallingCode, parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { UNKNOWN_COUNTRY } from '../../domain/pricing.ts';

/** Calling codes that one country has to itself. */
let ownCodes: ReadonlyMap<string, string> | undefined;

/**
 * Returns the country of a phone number (digits with the calling code): ISO 3166-1 alpha-2. Of a calling code that several
 * countries share, the digits behind it decide. Returns `UNKNOWN_COUNTRY` for anything else: a group, a user id, a number
 * of no country.
 */
export function countryOf(recipient: string | undefined): string {
  if (recipient === undefined || !/^\d{5,15}$/.test(recipient)) return UNKNOWN_COUNTRY;
  const number = parsePhoneNumberFromString(`+${recipient}`);
  if (number === undefined) return UNKNOWN_COUNTRY;
  ownCodes ??= codesOfOneCountry();
  // Numbering plans grow: a number that the library does not know yet has the country of its code all the same.
  const country = number.country ?? ownCodes.get(number.countryCallingCode);
  return country !== undefined && /^[A-Z]{2}$/.test(country) ? country : UNKNOWN_COUNTRY;
}

function codesOfOneCountry(): ReadonlyMap<string, string> {
  const codes = new Map<string, string[]>();
  for (const country of getCountries()) {
    const code = getCountryCallingCode(country);
    codes.set(code, [...(codes.get(code) ?? []), country]);
  }
  return new Map(
    [...codes].flatMap(([code, [one, ...others]]) => (one && others.length === 0 ? [[code, one]] : [])),
  );
}
