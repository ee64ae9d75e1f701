import { createHmac } from 'node:crypto';

/**
 * JSON as Meta puts it on the wire: ASCII only (`\u00e4`, lower case), with `/` as `\/` and `@` as `\u0040`.
 * Both stand only inside strings, so the text may be rewritten as a whole.
 */
export function wireJson(value: unknown): Buffer {
  const escaped = JSON.stringify(value)
    .replaceAll('/', '\\/')
    .replace(/[^\0-?A-~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return Buffer.from(escaped, 'latin1');
}

/** The value of `X-Hub-Signature-256`. */
export function signature(body: Buffer, appSecret: string): string {
  return `sha256=${createHmac('sha256', appSecret).update(body).digest('hex')}`;
}
