import { createHash, scryptSync } from 'node:crypto';

/**
 * A whole number from 1 to 2^31 - 1 that changes with the value. It is written where people can read it, so it costs
 * long to guess the value from it; `salt` keeps equal values apart.
 */
export function fingerprintOfSecret(value: string, salt: string): number {
  return positive(scryptSync(value, salt, 4));
}

/** The same for a value that anybody may see: quick. */
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
