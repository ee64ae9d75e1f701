/**
 * Values that a deployment reachable by others must not have; used by the program, the plan, `pulumi up` and the doctor.
 * Each function returns the end of a sentence that begins with the variable's name, or undefined for an acceptable value.
 * No sentence contains a value.
 */

import { isExposed } from '../web-address.ts';
import { unprotectedConnection } from './connection-string.ts';
import type { SecretForm } from './variable.ts';
import { VARIABLES } from './variables.ts';

const MIN_LENGTH = 16;
/** The prefix of the development defaults, which are in the documentation. */
const PUBLISHED = 'development-';

const ROWS = new Map(VARIABLES.map((variable) => [variable.name, variable]));

/** Returns why a secret, as it was written, could be guessed, exposes what it opens, or would be rejected by the other side. */
export function weaknessOf(name: string, value: string): string | undefined {
  if (value !== value.trim()) return 'has white space around it';
  const form = ROWS.get(name)?.secret ?? 'token';
  const isList = form === 'tokens' || form === 'keys';
  const entries = isList ? value.split(',').map((entry) => entry.trim()) : [value];
  for (const [index, entry] of entries.entries()) {
    const why = entry === '' && entries.length > 1 ? undefined : weaknessOfOne(name, form, entry);
    if (why !== undefined) return entries.length > 1 ? `${why} (entry ${index + 1})` : why;
  }
  return undefined;
}

function weaknessOfOne(name: string, form: SecretForm, entry: string): string | undefined {
  if (/[“”„‟‘’‚‛«»]/.test(entry)) return 'contains typographic quotes, probably inserted by an editor';
  if (!/^[ -~]*$/.test(entry)) return 'contains characters other than ASCII letters, digits and signs';
  if (entry.startsWith(PUBLISHED)) return 'is a development default, which is public';
  if (isTemplate(name, entry)) return 'is a placeholder, not a secret';
  // The rules below do not apply to a connection string: its host and user name are not secret.
  if (form === 'connection string') return unprotectedConnection(entry);
  // A key that KMS encrypted is random, and its bytes are not the key's.
  if (form === 'keys' && /^[^:]*:kms:/.test(entry)) return undefined;
  const secret = form === 'keys' ? bytesOf(entry) : entry;
  if (isRepeated(secret)) return 'repeats the same few characters, so that it can be guessed';
  // Their schema checks the length.
  if (form === 'keys') return undefined;
  if (isPlaceholder(entry)) return 'is a placeholder, not a secret';
  if (entry.length < MIN_LENGTH) return `has ${entry.length} of at least ${MIN_LENGTH} characters`;
  return undefined;
}

/** `<your secret>`, `{{secret}}`, `$META_APP_SECRET` that no shell expanded, or the variable's own name. */
function isTemplate(name: string, entry: string): boolean {
  return /<[^<>]*>|\{\{|^\$\{?\w+\}?$/.test(entry) || entry.toUpperCase() === name;
}

const PLACEHOLDERS: ReadonlySet<string> = new Set([
  'your',
  'changeme',
  'changethis',
  'replaceme',
  'replacethis',
  'placeholder',
  'example',
  'dummy',
  'todo',
  'fixme',
  'insert',
]);

/** Whole words only: a long random secret contains any short sequence of letters by chance. */
function isPlaceholder(entry: string): boolean {
  const words = entry
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  return words.some(
    (word, index) =>
      PLACEHOLDERS.has(word) || /^x{3,}$/.test(word) || PLACEHOLDERS.has(`${word}${words[index + 1] ?? ''}`),
  );
}

/** Returns the bytes of a key, each as one character: in base64 a repeated sequence of bytes may not repeat. */
function bytesOf(entry: string): string {
  return Buffer.from(entry.slice(entry.indexOf(':') + 1), 'base64').toString('latin1');
}

/** A repeated sequence: `aaaa…`, `abcabc…`, the same half twice. */
function isRepeated(text: string): boolean {
  for (let period = 1; period <= text.length / 2; period += 1) {
    if (text.startsWith(text.slice(period))) return true;
  }
  return false;
}

/** Returns why data sent to a URL could be read in transit. */
export function exposureOf(name: string, value: string): string | undefined {
  if (ROWS.get(name)?.upstream !== true) return undefined;
  if (!isExposed(value.trim())) return undefined;
  return 'must be an https:// address, since tokens and messages are sent there; http:// is for this machine only';
}
