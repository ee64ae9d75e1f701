import { createHmac, hash } from 'node:crypto';
import { keyed } from '#app/domain/identity.ts';
import { NUMBER } from './messages.ts';

/**
 * The traces of an identity that somebody with the whole database, its secret and this program could search for: the identity
 * itself and every digest of it, whole or cut, in each encoding.
 */
export function tracesOf(name: string, secret: string): string[] {
  const scoped = [name, `meta|${NUMBER}|${name}`];
  const texts = ['', 'identity|', 'conversation|', 'partition|', 'identity|partition|'].flatMap((prefix) =>
    scoped.map((text) => `${prefix}${text}`),
  );
  const digests = texts.flatMap((text) => {
    const plain = hash('sha256', text, 'buffer');
    const withSecret = createHmac('sha256', secret).update(text).digest();
    return [plain, withSecret, keyed(secret, plain), keyed(secret, plain.subarray(0, 16))];
  });
  const encoded = digests.flatMap((digest) => [
    digest.subarray(0, 16).toString('hex'),
    digest.subarray(0, 16).toString('base64url').slice(0, 21),
  ]);
  return [...scoped, ...encoded];
}
