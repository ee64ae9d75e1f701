import { createHash, timingSafeEqual } from 'node:crypto';

/** Compares in constant time: the duration depends neither on where the two differ nor on their lengths. */
export function sameSecret(actual: string, expected: string): boolean {
  return timingSafeEqual(digest(actual), digest(expected));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
