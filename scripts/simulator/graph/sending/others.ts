import type { BusinessContent } from '../../content/business.ts';
import { type Json, maybeText, object, objects, text } from '../check.ts';
import { invalid, missing } from '../errors.ts';

const MAX_PLACE_LENGTH = 1_000;
const MAX_CONTACTS = 257;
const NAME_PARTS = ['first_name', 'last_name', 'middle_name', 'suffix', 'prefix'];
const EMOJI = /^\p{RGI_Emoji}$/v;

export function readLocation(json: Json): BusinessContent {
  const name = maybeText(json, 'name', 'location', { max: MAX_PLACE_LENGTH });
  const address = maybeText(json, 'address', 'location', { max: MAX_PLACE_LENGTH });
  return {
    kind: 'location',
    latitude: degrees(json, 'latitude', 90),
    longitude: degrees(json, 'longitude', 180),
    ...(name === undefined ? {} : { name }),
    ...(address === undefined ? {} : { address }),
  };
}

/** Meta's examples write coordinates as text, clients as numbers. */
function degrees(json: Json, name: string, max: number): number {
  const value = json[name];
  if (value == null) throw missing(`location['${name}'] is missing`);
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number === 'number' && Math.abs(number) <= max) return number;
  throw invalid(`location['${name}'] must be a number from -${max} to ${max}`);
}

export function readContacts(body: Json): BusinessContent {
  const contacts = objects(body, 'contacts', '', [1, MAX_CONTACTS]);
  return { kind: 'contacts', names: contacts.map(readName) };
}

function readName(contact: Json, index: number): string {
  const path = `contacts[${index}]['name']`;
  const name = object(contact, 'name', `contacts[${index}]`);
  const formatted = text(name, 'formatted_name', path, { max: 1_000 });
  if (!NAME_PARTS.some((part) => typeof name[part] === 'string' && name[part] !== ''))
    throw missing(`${path} needs one of ${NAME_PARTS.join(', ')} beside formatted_name`);
  return formatted;
}

/** An empty emoji takes the reaction away. */
export function readReaction(json: Json): BusinessContent {
  const to = text(json, 'message_id', 'reaction', { max: 512 });
  const { emoji } = json;
  if (emoji === undefined) throw missing("reaction['emoji'] is missing");
  if (typeof emoji !== 'string' || (emoji !== '' && !EMOJI.test(emoji)))
    throw invalid("reaction['emoji'] must be one emoji, or empty");
  return { kind: 'reaction', to, emoji };
}
