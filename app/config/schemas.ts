/**
 * Schemas of the values of variables. Each error message is the end of a sentence that begins with the variable's name.
 */
import { isIP } from 'node:net';
import { z } from 'zod';
import { CONTENT_SID, META_TEMPLATE } from '../template-names.ts';
import { isHttpUrl } from '../web-address.ts';
import { isConnectionString } from './connection-string.ts';

export const text = z.string();

/** Sent in a header, where other characters do not arrive unchanged (RFC 9110, section 5.5). */
export const headerText = text.regex(/^[ -~]+$/, {
  error: 'must be one line of ASCII letters, digits and signs, since it is sent in a header',
});

export function oneOf<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum(words, { error: `must be one of ${words.join(', ')}` });
}

export const boolean = z
  .string()
  .toLowerCase()
  .pipe(z.enum(['true', 'false', '1', '0', 'yes', 'no', 'on', 'off'], { error: 'must be true or false' }))
  .transform((word) => word === 'true' || word === '1' || word === 'yes' || word === 'on');

export function integer(min: number, max: number) {
  return decimal(min, max, `must be a whole number from ${min} to ${max}`).refine(Number.isInteger, {
    error: `must be a whole number from ${min} to ${max}`,
  });
}

export function number(min: number, max: number) {
  return decimal(min, max, `must be a number from ${min} to ${max}`);
}

function decimal(min: number, max: number, error: string) {
  return z
    .string()
    .regex(/^\d+(\.\d+)?$/, { error, abort: true })
    .transform(Number)
    .refine((value) => value >= min && value <= max, { error, abort: true });
}

const HOST_ERROR = 'must be an IP address or a host name of this machine, without port';

/** The `host` of Node's `server.listen`. An IPv6 address has no brackets. */
export const listenHost = z
  .string()
  .refine((value) => isIP(value) !== 0 || /^[a-z\d]([a-z\d.-]*[a-z\d])?$/i.test(value), {
    error: HOST_ERROR,
  });

/** A URL without its trailing slash. Credentials belong in variables that are secrets. */
export const httpUrl = z
  .string()
  .refine(isHttpUrl, { error: 'must be an http:// or https:// address without user name, query or fragment' })
  .transform((value) => value.replace(/\/+$/, ''));

/** A URL to which the program appends a path, so that it must not contain that path. */
export function httpUrlBefore(path: RegExp, name: string) {
  return httpUrl.refine((value) => !path.test(value), {
    error: `must end before ${name}, which is added to it`,
  });
}

/** Comma separated; empty entries are dropped. */
const list = z.string().transform((value) =>
  value
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== ''),
);

export const origins = list
  .transform((entries) => entries.map((entry) => entry.replace(/\/$/, '')))
  .refine((entries) => entries.every((entry) => URL.parse(entry)?.origin === entry), {
    error: 'must be origins such as https://example.org (scheme, host, port, no path), comma separated',
  });

/** Accepts the levels of Python's logging too, since deployments of the Python service have them. */
export const level = z
  .string()
  .toLowerCase()
  .transform((word) => (word === 'warning' ? 'warn' : word === 'critical' ? 'error' : word))
  .pipe(oneOf(['trace', 'debug', 'info', 'warn', 'error', 'silent']));

/** Graph API versions before v21.0 end within a year or have ended (Meta, "Platform Versions"). */
const OLDEST_GRAPH_VERSION = 21;

export const graphVersion = z.string().refine(
  (value) => {
    const major = /^v(\d+)\.\d+$/.exec(value)?.[1];
    return major !== undefined && Number(major) >= OLDEST_GRAPH_VERSION;
  },
  { error: `must be a Graph API version, v${OLDEST_GRAPH_VERSION}.0 or newer` },
);

export const connectionString = z.string().refine(isConnectionString, {
  error:
    'must be a mongodb:// or mongodb+srv:// connection string, with : / ? # [ ] @ in user name and password percent-encoded',
});

export const metaTemplate = z.string().regex(META_TEMPLATE, {
  error: 'must be <name>/<language>, such as answer_ready/en_US',
});

/** Twilio, "Account resource". */
export const accountSid = z.string().regex(/^AC[\da-f]{32}$/i, {
  error: 'must be AC and 32 hexadecimal digits',
});

/** A WhatsApp sender as Twilio writes it, also with its prefix and without `+`; becomes `+` and the digits. */
export const whatsAppNumber = z
  .string()
  .transform((value) => value.replace(/^whatsapp:/i, '').replaceAll(/[\s().-]/g, ''))
  .refine((value) => /^\+?[1-9]\d{4,14}$/.test(value), {
    error: 'must be a phone number in international format, such as +14155238886',
  })
  .transform((value) => `+${value.replace('+', '')}`);

export const contentSid = z.string().regex(CONTENT_SID, { error: 'must be HX and 32 hexadecimal digits' });

export const digits = z.string().regex(/^\d+$/, { error: 'must be digits only' });

const KEY_ERROR =
  'must be <key id>:<32 bytes in base64>, or <key id>:kms:<a data key that KMS encrypted, in base64>, comma separated; a key id is letters, digits, _ or -';
const KEY = /^(?<id>[\w-]{1,64}):(?<kms>kms:)?(?<bytes>[\w+/-]+={0,2})$/;
const KEY_BYTES = 32;

/** Keys in their order: the first one encrypts, all of them decrypt. `wrapped`: KMS decrypts it. */
export const encryptionKeys = list
  .refine((entries) => entries.length > 0, { error: KEY_ERROR, abort: true })
  .transform((entries, context) => {
    const keys = entries.map((entry) => {
      const { id = '', kms, bytes = '' } = KEY.exec(entry)?.groups ?? {};
      const key = Buffer.from(bytes, 'base64');
      if (id === '' || (kms === undefined && key.length !== KEY_BYTES)) context.addIssue(KEY_ERROR);
      return kms === undefined ? { id, key } : { id, wrapped: key };
    });
    if (new Set(keys.map(({ id }) => id)).size < keys.length) context.addIssue('has two keys of the same id');
    return keys;
  });

export const secrets = list.refine((entries) => entries.length > 0, {
  error: 'must hold at least one secret',
});

/** OpenTelemetry, "OTLP exporter configuration": pairs as in the W3C Baggage header. */
export const otlpHeaders = z.string().transform((value, context): Readonly<Record<string, string>> => {
  const pairs = value.split(',').flatMap((pair) => headerOf(pair) ?? []);
  if (pairs.length === value.split(',').length)
    return Object.fromEntries(pairs.map(({ name, text }) => [name, text]));
  const message = 'must be name=value pairs, comma separated, with values in URL encoding';
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

function headerOf(pair: string): { readonly name: string; readonly text: string } | undefined {
  const [, name, encoded] = /^\s*([!#$%&'*+.^_`|~\w-]+)\s*=\s*([!-~ ]+?)\s*$/.exec(pair) ?? [];
  if (name === undefined || encoded === undefined) return undefined;
  try {
    const text = decodeURIComponent(encoded);
    return headerText.safeParse(text).success ? { name, text } : undefined;
  } catch {
    return undefined;
  }
}
