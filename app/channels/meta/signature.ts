import { isAscii } from 'node:buffer';
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Verification } from '../../ports/webhook-channel.ts';

const SHA256_HEADER = /^sha256=([0-9a-f]{64})$/i;
const PREFIX = 'sha256=';
/** The escaped form of a longer body is not tried. */
const MAX_ESCAPED_BYTES = 256 * 1024;

/**
 * Verifies `X-Hub-Signature-256` over the raw bytes, against each secret (several while one is rotated). Exactly one header
 * is accepted: Node joins a repeated one with a comma, which is malformed. The hex digits may be of either case, the prefix
 * may not. Empty secrets are skipped: anyone can sign with them. The reasons are `no_secret`, `missing`, `malformed` and
 * `mismatch`. `escaped`: the signature was over the body with its non-ASCII characters escaped, so Meta or a proxy has
 * changed something.
 */
export function verifySignature(
  rawBody: Buffer,
  header: string | string[] | undefined,
  secrets: readonly string[],
): Verification {
  const usable = secrets.filter((secret) => secret !== '');
  if (usable.length === 0) return { ok: false, reason: 'no_secret' };
  const read = readSignature(header);
  if (!read.ok) return read;
  const signer = signerOf(rawBody, read.signature, usable);
  return signer === undefined ? { ok: false, reason: 'mismatch' } : { ok: true, escaped: signer.escaped };
}

/** Returns the signature in the header, or why there is none: `missing` or `malformed`. */
export function readSignature(
  header: string | string[] | undefined,
): { readonly ok: true; readonly signature: Buffer } | Extract<Verification, { ok: false }> {
  const headers = header === undefined ? [] : [header].flat();
  const [only] = headers;
  if (only === undefined || only === '') return { ok: false, reason: 'missing' };
  if (headers.length > 1 || !only.startsWith(PREFIX)) return { ok: false, reason: 'malformed' };
  const digits = SHA256_HEADER.exec(only)?.[1];
  if (digits === undefined) return { ok: false, reason: 'malformed' };
  return { ok: true, signature: Buffer.from(digits, 'hex') };
}

/** Returns the secret with which the body was signed; undefined when it is none of these. */
export function signerOf(
  rawBody: Buffer,
  signature: Buffer,
  secrets: readonly string[],
): { readonly secret: string; readonly escaped: boolean } | undefined {
  const matching = (bytes: Buffer) =>
    secrets.find((secret) => timingSafeEqual(signature, digest(bytes, secret)));
  const signer = matching(rawBody);
  if (signer !== undefined) return { secret: signer, escaped: false };
  // Meta's page "Getting started, validate payloads" says that the signature is over an escaped form. Receivers in
  // production find the body already escaped on the wire; this covers the case that only one of the two is. Not for large
  // bodies, of which anyone could send many: the escaped form is up to three times as long.
  if (secrets.length === 0 || rawBody.length > MAX_ESCAPED_BYTES || isAscii(rawBody)) return undefined;
  const ofEscaped = matching(escapeNonAscii(rawBody));
  return ofEscaped === undefined ? undefined : { secret: ofEscaped, escaped: true };
}

/** Returns the header value that `verifySignature` accepts for these bytes. */
export function sign(rawBody: Buffer, secret: string): string {
  return PREFIX + digest(rawBody, secret).toString('hex');
}

/**
 * Returns the UTF-8 text with every UTF-16 unit outside U+0000 to U+007E as `\uXXXX` in lower-case hex, as Meta writes
 * JSON. In linear time and without a string per character: unsigned bodies get this far.
 */
export function escapeNonAscii(rawBody: Buffer): Buffer {
  const text = rawBody.toString('utf8');
  const escaped = Buffer.allocUnsafe(text.length * 6);
  let length = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < 0x7f) {
      escaped[length] = unit;
      length += 1;
      continue;
    }
    escaped[length] = BACKSLASH;
    escaped[length + 1] = LETTER_U;
    for (let digit = 0; digit < 4; digit += 1) {
      escaped[length + 2 + digit] = HEX.charCodeAt((unit >> (12 - 4 * digit)) & 0xf);
    }
    length += 6;
  }
  return escaped.subarray(0, length);
}

const HEX = '0123456789abcdef';
const BACKSLASH = 0x5c;
const LETTER_U = 0x75;

function digest(bytes: Buffer, secret: string): Buffer {
  return createHmac('sha256', secret).update(bytes).digest();
}
