/** The sub-document `whatsappService` of a business: what differs from the deployment's own configuration. */
import { z } from 'zod';
import { UNREADABLE_KINDS } from '../domain/message.ts';
import type { PhraseKey } from '../domain/phrase.ts';
import type { BusinessSettings } from '../ports/businesses.ts';
import { CONTENT_SID, META_TEMPLATE } from '../template-names.ts';
import { isExposed, isHttpUrl } from '../web-address.ts';
import { digits, type FieldReader, flag, text, whole } from './fields.ts';

/** The assistant of a business, with its key still encrypted. */
export type StoredAssistant =
  | { readonly kind: 'echo' }
  | { readonly kind: 'ansari'; readonly url: string; readonly apiKey: string }
  | {
      readonly kind: 'openai';
      readonly url?: string;
      readonly model: string;
      readonly instructions?: string;
      readonly apiKey: string;
    }
  /** What is stored cannot be used, and the deployment's assistant must not answer for this business. */
  | { readonly kind: 'unusable'; readonly why: string };

export interface StoredSettings {
  readonly settings: Omit<BusinessSettings, 'assistant'>;
  readonly assistant?: StoredAssistant;
  readonly continuesNumber?: string;
  /** Encrypted. Undefined: something else stands there, so that nobody knows whose signatures are valid. */
  readonly appSecrets: readonly string[] | undefined;
}

export const SETTINGS = 'whatsappService';

const PHRASES: Readonly<Record<Exclude<PhraseKey, `unreadable.${string}`>, true>> = {
  maintenance: true,
  tooOld: true,
  apology: true,
  tooMany: true,
  noAnswer: true,
  cut: true,
  machine: true,
  handedOff: true,
  optedOut: true,
  optedIn: true,
};
const PHRASE_KEYS: ReadonlySet<string> = new Set([
  ...Object.keys(PHRASES),
  ...UNREADABLE_KINDS.map((kind) => `unreadable.${kind}`),
]);

const language = z
  .string()
  .regex(/^[a-z]{2}$/, { error: 'must be a language code of two letters, such as ar' });
const HOURS_ERROR = 'must be a number of hours, from 0 to 8760';
const hours = z
  .number({ error: HOURS_ERROR })
  .min(0, { error: HOURS_ERROR })
  .max(8760, { error: HOURS_ERROR });
const questions = whole(0, 1_000_000);
const turns = whole(1, 1_000_000);
const slots = whole(1, 10_000);
const phrase = text(1000);
const templateName = z.string().refine((value) => META_TEMPLATE.test(value) || CONTENT_SID.test(value), {
  error:
    'must be <name>/<language> of a template, such as answer_ready/en_US, or the content SID of one of Twilio',
});
const sealed = text(8192);
const sealedList = z.array(sealed);
const modelName = text(200);
const prompt = text(100_000);
const address = text(2048)
  .refine(isHttpUrl, { error: 'must be an https:// address without user name, query or fragment' })
  .refine((value) => !isExposed(value), { error: 'must be an https:// address, since a key is sent there' })
  .transform((value) => value.replace(/\/+$/, ''));
const kind = z.enum(['echo', 'ansari', 'openai'], { error: 'must be echo, ansari or openai' });

/** Reads what can be read; every wrong field is a problem of the reader, and the deployment's own value applies. */
export function readSettings(fields: FieldReader): StoredSettings {
  const continuesNumber = fields.read('continuesNumber', digits);
  const appSecrets = readAppSecrets(fields);
  const assistant = readAssistant(fields);
  const code = fields.read('language', language);
  const phrases = readPhrases(fields);
  const underMaintenance = fields.read('underMaintenance', flag);
  const aiNotice = fields.read('aiNotice', flag);
  const template = fields.read('template', templateName);
  const retentionHours = fields.read('retentionHours', hours);
  const questionsPerDay = fields.read('questionsPerPersonPerDay', questions);
  const concurrency = fields.read('concurrency', slots);
  const turnsPerMinute = fields.read('turnsPerMinute', turns);
  fields.refuseOthers();
  return {
    ...(continuesNumber !== undefined && { continuesNumber }),
    ...(assistant !== undefined && { assistant }),
    appSecrets,
    settings: {
      ...(code !== undefined && { language: code }),
      ...(phrases !== undefined && { phrases }),
      ...(underMaintenance !== undefined && { underMaintenance }),
      ...(aiNotice !== undefined && { aiNotice }),
      ...(template !== undefined && { template }),
      ...(retentionHours !== undefined && { retentionMs: retentionHours * 3_600_000 }),
      ...(questionsPerDay !== undefined && { questionsPerDay }),
      ...(concurrency !== undefined && { concurrency }),
      ...(turnsPerMinute !== undefined && { turnsPerMinute }),
    },
  };
}

function readAppSecrets(fields: FieldReader): readonly string[] | undefined {
  if (!fields.has('appSecrets')) return [];
  return fields.read('appSecrets', sealedList, 'must be a list of encrypted app secrets');
}

function readAssistant(parent: FieldReader): StoredAssistant | undefined {
  if (!parent.has('assistant')) return undefined;
  const before = parent.problems.length;
  const fields = parent.nested('assistant');
  const assistant = fields && assistantOf(fields);
  fields?.refuseOthers();
  return assistant ?? { kind: 'unusable', why: parent.problems[before] ?? 'its assistant is incomplete' };
}

function assistantOf(fields: FieldReader): StoredAssistant | undefined {
  const chosen = fields.need('kind', kind);
  const url = chosen === 'ansari' ? fields.need('url', address) : fields.read('url', address);
  const wrongUrl = url === undefined && fields.has('url');
  const instructions = fields.read('instructions', prompt);
  const model = chosen === 'openai' ? fields.need('model', modelName) : fields.read('model', modelName);
  if (chosen === undefined) return undefined;
  if (chosen === 'echo') return { kind: chosen };
  const apiKey = fields.need('apiKey', sealed);
  if (apiKey === undefined || wrongUrl) return undefined;
  if (chosen === 'ansari') return url === undefined ? undefined : { kind: chosen, url, apiKey };
  if (model === undefined) return undefined;
  return {
    ...{ kind: chosen, model, apiKey },
    ...(url !== undefined && { url }),
    ...(instructions !== undefined && { instructions }),
  };
}

function readPhrases(parent: FieldReader): BusinessSettings['phrases'] {
  const fields = parent.nested('phrases');
  if (fields === undefined) return undefined;
  const languages = fields
    .names()
    .filter((code) =>
      fields.check(code, language.safeParse(code).success, 'is no language code of two letters'),
    );
  return Object.fromEntries(
    languages.map((code) => {
      const own = fields.nested(code);
      const keys =
        own?.names().filter((key) => own.check(key, PHRASE_KEYS.has(key), 'is no phrase of this service')) ??
        [];
      return [
        code,
        Object.fromEntries(
          keys
            .map((key) => [key, own?.read(key, phrase)] as const)
            .filter(([, value]) => value !== undefined),
        ),
      ];
    }),
  );
}
