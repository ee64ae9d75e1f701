/**
 * What a deployment that others can reach must not be configured with, written once for the program, the plan,
 * `pulumi up` and the doctor. Each function returns the end of a sentence that begins with the variable's name, or
 * undefined when there is nothing to object to. No sentence repeats a value.
 */

import type { SecretForm } from './variable.ts';
import { VARIABLES } from './variables.ts';

const MIN_LENGTH = 16;
/** The defaults of `local` begin with it; they are in the documentation. */
const PUBLISHED = 'development-';

const ROWS = new Map(VARIABLES.map((variable) => [variable.name, variable]));

/** Of a secret, as it was written: why somebody could guess it, or why the other side would not take it. */
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
  if (/[“”„‟‘’‚‛«»]/.test(entry)) return 'contains typographic quotes, which some editor has put there';
  if (!/^[ -~]*$/.test(entry)) return 'contains something else than ASCII letters, digits and signs';
  if (entry.startsWith(PUBLISHED)) return 'is a development default, which everybody can read';
  if (isTemplate(name, entry)) return 'is a placeholder, not a secret';
  // A connection string: its host and its user name are no secrets.
  if (form === 'connection string') return undefined;
  const secret = form === 'keys' ? entry.slice(entry.indexOf(':') + 1).replace(/=+$/, '') : entry;
  if (isRepeated(secret)) return 'repeats the same few letters, so that it can be guessed';
  // Their schema says how long they are.
  if (form === 'keys') return undefined;
  if (isPlaceholder(entry)) return 'is a placeholder, not a secret';
  if (entry.length < MIN_LENGTH) return `has ${entry.length} of at least ${MIN_LENGTH} characters`;
  return undefined;
}

/** `<your secret>`, `{{secret}}`, `$META_APP_SECRET` that no shell has replaced, or the variable's own name. */
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

/** Whole words only: in a long random secret any few letters stand somewhere by chance. */
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

/** One letter, or one piece again and again: `aaaa…`, `abcabc…`, the same half twice. */
function isRepeated(text: string): boolean {
  for (let period = 1; period <= text.length / 2; period += 1) {
    if (text.startsWith(text.slice(period))) return true;
  }
  return false;
}

/** Of an address: why what is sent there could be read on the way. */
export function exposureOf(name: string, value: string): string | undefined {
  if (ROWS.get(name)?.upstream !== true) return undefined;
  const url = URL.parse(value.trim());
  if (url === null || url.protocol !== 'http:' || isLoopback(url.hostname)) return undefined;
  return 'must be an https:// address, since tokens and messages are sent there; http:// is for this machine alone';
}

/** `URL` writes every form of an IPv4 address as four decimal numbers. */
function isLoopback(host: string): boolean {
  return (
    host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(\.\d+){3}$/.test(host)
  );
}
