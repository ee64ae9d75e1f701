import { EnvelopeError, type TokenKeys } from '../../app/businesses/token-envelope.ts';
import type { Call, Command } from '../command.ts';
import { COMMON, COMMON_HELP, refuseArgs } from '../subcommands/options.ts';
import { report } from '../subcommands/print.ts';
import { withBusinesses } from './collection.ts';
import { forEachBusiness } from './find.ts';
import { type Replacement, replaceSealed } from './reseal.ts';
import type { SealedFields } from './sealed-fields.ts';

const HELP = `Usage: npm run businesses -- rotate-keys [options]

Decrypts every token, app secret and API key, and encrypts it with the first key of ENCRYPTION_SECRET. What is encrypted
with it already is only checked. It may be stopped and started again at any time; what another program changes meanwhile is
not overwritten.

  1. Put the new key first in ENCRYPTION_SECRET, keep the old one behind it, and restart every service.
  2. Run this command until it reports no other key.
  3. Wait for BUSINESS_CACHE_TTL, so that no service remembers older values, and remove the old key.

${COMMON_HELP}

Exit codes: 0 everything is encrypted with the first key, 1 something could not be decrypted, or an error, 2 wrong call.
`;

interface Failure {
  readonly id: string;
  readonly field: string;
  readonly why: string;
}

export const rotateKeys: Command<typeof COMMON> = { name: 'businesses', help: HELP, options: COMMON, run };

async function run({ values, args, print }: Call<typeof COMMON>): Promise<number> {
  refuseArgs(args);
  return withBusinesses(values, async (opened) => {
    const keys = await opened.keys();
    const counts = { businesses: 0, encrypted: 0 };
    const failures: Failure[] = [];
    await forEachBusiness(opened.collection, {}, async ({ document, stored: { id } }) => {
      const replace = (fields: SealedFields) => resealed(fields, id, keys);
      const { replaced, failed, gaveUp } = await replaceSealed(opened.collection, document, replace);
      counts.businesses += 1;
      counts.encrypted += replaced.size;
      for (const [field, why] of failed) failures.push({ id, field, why });
      if (gaveUp) failures.push({ id, field: '', why: 'it kept changing meanwhile: run this again' });
    });
    const key = keys.sealingKeyId;
    report(values, print, { key, ...counts, failures }, [
      `${counts.encrypted} value(s) were encrypted with the key ${key}, of ${counts.businesses} business(es).`,
      ...failures.map(({ id, field, why }) => `${id}: ${field} ${why}`),
      failures.length === 0
        ? `No other key is in use. Wait for BUSINESS_CACHE_TTL before you remove one from ENCRYPTION_SECRET.`
        : `Keep every key in ENCRYPTION_SECRET until nothing is reported.`,
    ]);
    return failures.length === 0 ? 0 : 1;
  });
}

function resealed(fields: SealedFields, id: string, keys: TokenKeys): Replacement {
  const replaced = new Map<string, string>();
  const failed = new Map<string, string>();
  for (const [path, envelope] of fields) {
    try {
      const secret = keys.open(id, envelope);
      if (keys.keyIdOf(envelope) !== keys.sealingKeyId) replaced.set(path, keys.seal(id, secret));
    } catch (error) {
      if (!(error instanceof EnvelopeError)) throw error;
      failed.set(path, error.message);
    }
  }
  return { replaced, failed };
}
