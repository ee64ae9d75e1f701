/**
 * A business as it stands in the collection `businesses`. Other programs write this collection too, so every field can be
 * wrong: a business is found in any case, so that its messages are stored, and what is unusable throws when it is used.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { ENV_BUSINESS, isBusinessId } from '../domain/business.ts';
import type { Unavailable } from '../domain/errors.ts';
import type { AssistantSettings, Business } from '../ports/businesses.ts';
import { createFieldReader, digits, type FieldReader, flag, text } from './fields.ts';
import { readSettings, SETTINGS, type StoredAssistant, type StoredSettings } from './settings.ts';
import { EnvelopeError, type TokenKeys } from './token-envelope.ts';
import { unusable } from './unusable.ts';

/** The fields that `parseBusiness` reads. */
export const PROJECTION: Readonly<Record<string, 1>> = {
  _id: 1,
  name: 1,
  subDomain: 1,
  wabaId: 1,
  whatsappPhoneNumberIds: 1,
  whatsappEnabled: 1,
  isActive: 1,
  whatsappAccessToken: 1,
  whatsappTokenExpiresAt: 1,
  [SETTINGS]: 1,
};

/** Holds nothing in the clear, so that it may be cached. */
export interface StoredBusiness extends StoredSettings {
  /** Of the document: the associated data of its envelopes. */
  readonly id: string;
  readonly name: string;
  readonly subDomain?: string;
  readonly wabaId?: string;
  /** As the platform names them, without duplicates. */
  readonly numbers: readonly string[];
  /** False: its numbers are of no active business. */
  readonly isServed: boolean;
  /** Encrypted; undefined when there is none. */
  readonly accessToken?: string;
  /** Milliseconds since 1970. Sending does not depend on it: Meta decides whether a token is valid. */
  readonly tokenExpiresAt?: number;
  /** One sentence for each field that is wrong, or missing though it is needed. Without secrets. */
  readonly problems: readonly string[];
}

/** Waiting turns are tried again after this time; an operator mends the business meanwhile. */
const RETRY_MS = 60_000;
/** No such host exists (RFC 2606): for a caller that does not ask for the key first. */
const NOWHERE = 'http://assistant.invalid';

/** As sent in a header. */
const HEADER_VALUE = /^[!-~]+$/;

const NUMBERS = 'whatsappPhoneNumberIds';
const numbersSchema = z.union([digits.transform((one) => [one]), z.array(z.unknown())]);
const nameSchema = text(1000);
const sealedSchema = text(8192);
const expirySchema = z
  .union([z.date(), z.iso.datetime({ offset: true }).transform((iso) => new Date(iso))])
  .transform((date) => date.getTime());

/** Never throws. Returns undefined for a document without an `_id` that can be a business's id. */
export function parseBusiness(document: unknown): StoredBusiness | undefined {
  if (typeof document !== 'object' || document === null) return undefined;
  const fields = createFieldReader(document);
  const id = idOf('_id' in document ? document._id : undefined);
  if (id === undefined) return undefined;

  const numbers = readNumbers(fields);
  const name = fields.read('name', nameSchema) ?? id;
  const subDomain = fields.read('subDomain', nameSchema);
  const wabaId = fields.read('wabaId', digits);
  const isEnabled = fields.read('whatsappEnabled', flag) ?? false;
  const isActive = fields.read('isActive', flag) ?? false;
  const accessToken = fields.need('whatsappAccessToken', sealedSchema);
  const tokenExpiresAt = fields.read('whatsappTokenExpiresAt', expirySchema, 'must be a date');
  const own = fields.nested(SETTINGS);
  const settings: StoredSettings =
    own === undefined ? withoutSettings(fields.has(SETTINGS)) : readSettings(own);
  const { continuesNumber } = settings;
  own?.check(
    'continuesNumber',
    continuesNumber === undefined || numbers.includes(continuesNumber),
    'is no number of this business',
  );
  return {
    ...settings,
    ...{ id, name, numbers, isServed: isEnabled && isActive },
    ...(subDomain !== undefined && { subDomain }),
    ...(wabaId !== undefined && { wabaId }),
    ...(accessToken !== undefined && { accessToken }),
    ...(tokenExpiresAt !== undefined && { tokenExpiresAt }),
    problems: fields.problems,
  };
}

/** One wrong number does not hide the others. A look-up also finds a number that stands there without a list. */
function readNumbers(fields: FieldReader): string[] {
  const values = fields.read(NUMBERS, numbersSchema, 'must be a list of texts of digits') ?? [];
  fields.check(NUMBERS, values.length > 0 || !fields.has(NUMBERS), 'is empty');
  fields.check(NUMBERS, fields.has(NUMBERS), 'is missing');
  const numbers = values.flatMap((value, index) => {
    const parsed = digits.safeParse(value);
    fields.check(`${NUMBERS}.${index}`, parsed.success, 'must be text of digits only');
    return parsed.success ? [parsed.data] : [];
  });
  return [...new Set(numbers)];
}

/** Something that is no object may have been meant as anything, also as another assistant. */
function withoutSettings(isWrong: boolean): StoredSettings {
  if (!isWrong) return { settings: {}, appSecrets: [] };
  const why = `${SETTINGS} must be an object`;
  return { settings: {}, appSecrets: undefined, assistant: { kind: 'unusable', why } };
}

/** A document id `env` would be the business of the environment. */
function idOf(id: unknown): string | undefined {
  const isObjectId =
    typeof id === 'object' && id !== null && 'toHexString' in id && typeof id.toHexString === 'function';
  const word: unknown = isObjectId ? Reflect.apply(id.toHexString as () => unknown, id, []) : id;
  return typeof word === 'string' && word !== ENV_BUSINESS && isBusinessId(word) ? word : undefined;
}

/**
 * Returns the owner of one of its numbers. `accessToken`, `appSecrets` and the assistant's `apiKey` decrypt with each call
 * and throw `Unavailable` with the scope `number` and the alarm `business-unusable`.
 */
export function businessAt(stored: StoredBusiness, number: string, keys: TokenKeys): Business {
  const { id, accessToken, appSecrets, assistant, settings, continuesNumber } = stored;
  const fail = failing(stored);
  const open = (what: string, envelope: string) => {
    try {
      return keys.open(id, envelope);
    } catch (error) {
      if (!(error instanceof EnvelopeError)) throw error;
      throw fail(`${what}-${error.reason}`, `its ${what} ${error.message}`, error);
    }
  };
  const openForHeader = (what: string, envelope: string) => {
    const value = open(what, envelope);
    if (HEADER_VALUE.test(value)) return value;
    throw fail(
      `${what}-not-ascii`,
      `its ${what} holds other characters than ASCII letters, digits and signs`,
    );
  };
  return {
    id: continuesNumber === number ? ENV_BUSINESS : id,
    channel: 'meta',
    number,
    accessToken() {
      if (accessToken === undefined) throw fail('token-missing', 'it has no token');
      return openForHeader('token', accessToken);
    },
    appSecrets() {
      if (appSecrets === undefined) throw fail('app-secret-malformed', 'its app secrets are no list');
      return appSecrets.map((envelope) => open('app-secret', envelope));
    },
    settings: {
      ...settings,
      ...(assistant !== undefined && { assistant: assistantAt(assistant, openForHeader, fail) }),
    },
  };
}

type Fail = (code: string, why: string, cause?: Error) => Unavailable;

function failing({ id }: StoredBusiness): Fail {
  return (code, why, cause) =>
    unusable(`The business ${id} cannot be used: ${why}`, code, { retryAfterMs: RETRY_MS, cause });
}

function assistantAt(
  assistant: StoredAssistant,
  open: (what: string, envelope: string) => string,
  fail: Fail,
): AssistantSettings {
  const key = createHash('sha256').update(JSON.stringify(assistant)).digest('base64url');
  if (assistant.kind === 'echo') return { kind: 'echo', key };
  if (assistant.kind === 'unusable') {
    const apiKey = () => {
      throw fail('assistant-unusable', assistant.why);
    };
    return { kind: 'ansari', key, url: NOWHERE, apiKey };
  }
  const { apiKey: envelope, ...rest } = assistant;
  return { ...rest, key, apiKey: () => open('assistant-key', envelope) };
}
