import { createHash, timingSafeEqual } from 'node:crypto';

/** Compares in constant time: the duration tells neither where the two differ nor how long they are. */
export function sameSecret(actual: string, expected: string): boolean {
  return timingSafeEqual(digest(actual), digest(expected));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
