/**
 * What the value of a variable may be. Each schema takes the text of the environment and says, as the end of a sentence
 * that begins with the variable's name, what was expected.
 */
import { isIP } from 'node:net';
import { z } from 'zod';

export const text = z.string();

/** Sent in a header, where nothing else arrives as it was written (RFC 9110, section 5.5). */
export const headerText = text.regex(/^[ -~]+$/, {
  error: 'must be one line of ASCII letters, digits and signs, since it is sent in a header',
});

export function oneOf<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum(words, { error: `must be one of ${words.join(', ')}` });
}

export const flag = z
  .string()
  .toLowerCase()
  .pipe(z.enum(['true', 'false', '1', '0', 'yes', 'no', 'on', 'off'], { error: 'must be true or false' }))
  .transform((word) => word === 'true' || word === '1' || word === 'yes' || word === 'on');

export function whole(least: number, most: number) {
  return decimal(least, most, `must be a whole number from ${least} to ${most}`).refine(Number.isInteger, {
    error: `must be a whole number from ${least} to ${most}`,
  });
}

export function amount(least: number, most: number) {
  return decimal(least, most, `must be a number from ${least} to ${most}`);
}

function decimal(least: number, most: number, error: string) {
  return z
    .string()
    .regex(/^\d+(\.\d+)?$/, { error, abort: true })
    .transform(Number)
    .refine((value) => value >= least && value <= most, { error, abort: true });
}

const HOST_ERROR = 'must be an IP address or a host name of this machine, without port';

/** Where to listen: what `server.listen` of Node takes. An IPv6 address has no brackets. */
export const listenHost = z
  .string()
  .refine((value) => isIP(value) !== 0 || /^[a-z\d]([a-z\d.-]*[a-z\d])?$/i.test(value), {
    error: HOST_ERROR,
  });

/** An address without its trailing slash. Credentials belong into variables that are secrets. */
export const address = z
  .string()
  .refine(isAddress, { error: 'must be an http:// or https:// address without user name, query or fragment' })
  .transform((value) => value.replace(/\/+$/, ''));

/** An address to which a path of ours is added, so that it must not be there already. */
export function addressBefore(path: RegExp, name: string) {
  return address.refine((value) => !path.test(value), {
    error: `must end before ${name}, which is added to it`,
  });
}

function isAddress(value: string): boolean {
  const url = URL.parse(value);
  return (
    url !== null &&
    (url.protocol === 'http:' || url.protocol === 'https:') &&
    !(url.username || url.password || url.search || url.hash)
  );
}

/** Comma separated; what is empty between commas is left out. */
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

/** `LOGGING_LEVEL` of Python programs is understood, since deployments carry it over. */
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

export const digits = z.string().regex(/^\d+$/, { error: 'must be digits only' });

const KEY_ERROR = 'must be <key id>:<32 bytes in base64>, comma separated';

/** Keys in the order given; the first one writes, all of them read. */
export const encryptionKeys = list
  .refine((entries) => entries.length > 0, { error: KEY_ERROR, abort: true })
  .transform((entries, context) =>
    entries.map((entry) => {
      const colon = entry.indexOf(':');
      const key = Buffer.from(entry.slice(colon + 1), 'base64');
      if (colon < 1 || key.length !== 32) context.addIssue(KEY_ERROR);
      return { id: entry.slice(0, Math.max(0, colon)), key };
    }),
  );

export const secrets = list.refine((entries) => entries.length > 0, {
  error: 'must hold at least one secret',
});
