import { createHash, scryptSync } from 'node:crypto';

/**
 * A whole number from 1 to 2^31 - 1 that changes with the value. It is visible in the state, so it is slow to
 * compute and the value is hard to guess from it; `salt` separates equal values.
 */
export function fingerprintOfSecret(value: string, salt: string): number {
  return positive(scryptSync(value, salt, 4));
}

/** The same for a public value: fast. */
export function fingerprintOfPlain(value: string, salt: string): number {
  return positive(
    createHash('sha256')
      .update(JSON.stringify([salt, value]))
      .digest(),
  );
}

function positive(bytes: Buffer): number {
  return (bytes.readUInt32BE() % 0x7fff_ffff) + 1;
}

/** Twelve letters and digits that change whenever one of the fingerprints does. Their order does not matter. */
export function revisionOf(fingerprints: Readonly<Record<string, number>>): string {
  const sorted = Object.entries(fingerprints).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, 12);
}
