import { cleanCharacters } from './characters.ts';

/** Returns a link's address as a person would type it; undefined for one that does not work in a chat. */
export function reachable(href: string): string | undefined {
  const address = withoutUserinfo(cleanCharacters(href));
  if (/^(mailto|tel):/i.test(address)) return address.slice(address.indexOf(':') + 1);
  if (!/^([a-z][a-z0-9+.-]*:\/\/|www\.)/i.test(address)) return undefined;
  return address.replace(/\s/g, '%20');
}

const USERINFO = /([a-z][a-z0-9+.-]{0,40}:[/\\]{2})[^\s/\\?#<>"]{0,2000}@/gi;

/**
 * Removes userinfo from web addresses: `https://known.org@other.org` leads to `other.org` but is read as `known.org`.
 */
export function withoutUserinfo(text: string): string {
  return text.includes('@') && text.includes('//') ? text.replace(USERINFO, '$1') : text;
}

/** Returns a normalised form for comparing two spellings of an address. */
export function plainAddress(text: string): string {
  return text
    .trim()
    .replace(/^(mailto:|tel:|https?:\/\/)/i, '')
    .replace(/\/$/, '')
    .toLowerCase();
}
