import { createHmac } from 'node:crypto';
import type { Verification } from '../../ports/webhook-channel.ts';
import { sameSecret } from '../../same-secret.ts';

/** SHA-1 in base64. */
const SIGNATURE = /^[A-Za-z0-9+/]{27}=$/;
/** Twilio sends fewer than a hundred. Anyone can send more, and each would cost time before the signature is known. */
const MAX_FIELDS = 2_000;

interface Signed {
  /** The whole URL that Twilio requested, with its query. */
  readonly url: string;
  /** The form, as bytes. */
  readonly body: Buffer;
  readonly header: string | string[] | undefined;
}

/**
 * Verifies `X-Twilio-Signature` (Twilio, "Webhooks security"): base64 of the HMAC-SHA1 over the URL and all fields of the
 * form, with each auth token, several while one is rotated. Twilio leaves the port out of the URL or signs the standard one,
 * so both are tried. Empty tokens are skipped: anyone can sign with them. The reasons are `no_secret`, `missing`,
 * `malformed`, `too_many_fields` and `mismatch`.
 */
export function verifySignature({ url, body, header }: Signed, authTokens: readonly string[]): Verification {
  const tokens = authTokens.filter((token) => token !== '');
  if (tokens.length === 0) return { ok: false, reason: 'no_secret' };
  if (header === undefined || header === '') return { ok: false, reason: 'missing' };
  // Node joins a repeated header with a comma.
  if (typeof header !== 'string' || !SIGNATURE.test(header)) return { ok: false, reason: 'malformed' };
  if (hasTooManyFields(body)) return { ok: false, reason: 'too_many_fields' };
  const fields = signedFields(readForm(body));
  const urls = [withoutPort(url), withPort(url)];
  const isGenuine = tokens.some((token) =>
    urls.some((signed) => sameSecret(header, hmac(signed + fields, token))),
  );
  return isGenuine ? { ok: true } : { ok: false, reason: 'mismatch' };
}

/** Returns the header of a genuine POST of this form to this URL, which `verifySignature` accepts. */
export function signatureOf({ url, body }: Pick<Signed, 'url' | 'body'>, authToken: string): string {
  return hmac(url + signedFields(readForm(body)), authToken);
}

/** Returns the fields of a form, by the rules of HTML. Never throws. */
export function readForm(body: Buffer): URLSearchParams {
  return new URLSearchParams(body.toString('utf8'));
}

function hmac(text: string, authToken: string): string {
  return createHmac('sha1', authToken).update(text).digest('base64');
}

/**
 * Returns every field as its name and value, without separators, sorted by name. Blank and unknown ones are signed too. The
 * values of a repeated field are unique and sorted, as in Twilio's own packages.
 */
function signedFields(form: URLSearchParams): string {
  const byName = new Map<string, Set<string>>();
  for (const [name, value] of form) {
    const values = byName.get(name);
    if (values === undefined) byName.set(name, new Set([value]));
    else values.add(value);
  }
  return [...byName.keys()]
    .sort()
    .flatMap((name) => [...(byName.get(name) ?? [])].sort().map((value) => name + value))
    .join('');
}

function hasTooManyFields(body: Buffer): boolean {
  let count = 1;
  for (let at = body.indexOf('&'); at >= 0 && count <= MAX_FIELDS; at = body.indexOf('&', at + 1)) count += 1;
  return count > MAX_FIELDS;
}

/** Scheme, host (an IPv6 address in brackets), port, rest. Not `URL`, which would change what was signed. */
const PARTS = /^(https?:\/\/)(\[[^\]]*\]|[^/?#:]*)(:\d*)?(.*)$/is;

function withoutPort(url: string): string {
  return url.replace(PARTS, '$1$2$4');
}

function withPort(url: string): string {
  return url.replace(PARTS, (_, scheme: string, host: string, port: string | undefined, rest: string) => {
    const standard = scheme.toLowerCase() === 'https://' ? ':443' : ':80';
    return scheme + host + (port ?? standard) + rest;
  });
}
