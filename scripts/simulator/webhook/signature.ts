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
