import { createHmac } from 'node:crypto';

/**
 * Returns JSON as Meta sends it: ASCII only (`\u00e4`, lower case), with `/` as `\/` and `@` as `\u0040`.
 * Both characters occur inside strings only, so the whole text can be rewritten.
 */
export function wireJson(value: unknown): Buffer {
  const escaped = JSON.stringify(value)
    .replaceAll('/', '\\/')
    .replace(/[^\0-?A-~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return Buffer.from(escaped, 'latin1');
}

/** Returns the value of `X-Hub-Signature-256`. */
export function signature(body: Buffer, appSecret: string): string {
  return `sha256=${createHmac('sha256', appSecret).update(body).digest('hex')}`;
}

const SIGNATURES = ['x-hub-signature-256', 'x-twilio-signature'];

/** Returns the headers with a signature of the right form that belongs to no body. */
export function withWrongSignature(
  headers: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const wrong = SIGNATURES.filter((name) => headers[name] !== undefined).map((name) => [
    name,
    name === 'x-twilio-signature' ? Buffer.alloc(20).toString('base64') : `sha256=${'0'.repeat(64)}`,
  ]);
  return { ...headers, ...Object.fromEntries(wrong) };
}
