/** The numbers, texts and tokens of the fixtures and fakes: none of them may appear in what a program prints. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEVELOPMENT, DEVELOPMENT_PEOPLE } from '../../scripts/simulator/development.ts';
import { AISHA } from '../fakes/messages.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures/meta');
/** Fields of Meta's deliveries: what a person wrote, and who they are. */
const TEXTS = new Set(['body', 'caption']);
const IDENTITIES = new Set(['wa_id', 'from', 'recipient_id', 'user_id', 'from_user_id']);
/** A shorter one could stand in any sentence, as `Please read` does in one of Meta's errors. */
const MIN_LENGTH = 12;

/** The invented numbers of people and businesses in all tests. */
const TEST_NUMBERS = /(?<!\d)1555\d{7}(?!\d)/g;

const { accessToken, appSecret, verifyToken, backendKey, twilio } = DEVELOPMENT;

interface Canaries {
  readonly secrets: readonly string[];
  readonly identities: readonly string[];
}

let words: Canaries | undefined;

/** Returns each canary that the text contains, once. `identities` false: texts and tokens only. */
export function canariesIn(text: string, { identities = true } = {}): string[] {
  words ??= {
    secrets: distinct([
      ...[accessToken, appSecret, verifyToken, backendKey, twilio.authToken, 'secret-token'],
      ...['What is zakat?', ...fixtures(TEXTS)],
    ]),
    identities: distinct([
      ...[AISHA, ...DEVELOPMENT_PEOPLE].flatMap((person) => Object.values(person)),
      ...fixtures(IDENTITIES),
    ]),
  };
  const searched = [...words.secrets, ...(identities ? words.identities : [])];
  const numbers = identities ? (text.match(TEST_NUMBERS) ?? []) : [];
  return [...new Set([...searched.filter((word) => text.includes(word)), ...numbers])];
}

function distinct(found: readonly string[]): string[] {
  return [...new Set(found)].filter((word) => word.length >= MIN_LENGTH);
}

function fixtures(fields: ReadonlySet<string>): string[] {
  return readdirSync(FIXTURES)
    .filter((file) => file.endsWith('.json'))
    .flatMap((file) => valuesOf(fields, JSON.parse(readFileSync(join(FIXTURES, file), 'utf8'))));
}

function valuesOf(fields: ReadonlySet<string>, value: unknown, name = ''): string[] {
  if (typeof value === 'string') return fields.has(name) ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([field, inner]) =>
    valuesOf(fields, inner, Array.isArray(value) ? name : field),
  );
}
