import { ENVIRONMENT } from '../../app/config/variables.ts';
import { logKeyOf, readVariables } from '../../app/config.ts';
import { CommandError } from '../errors.ts';
import type { StoreTarget } from '../operations/open-store.ts';
import type { Source } from '../subcommands/source.ts';
import { sourceOf } from '../subcommands/source-of.ts';

/** In the order in which the service looks for one. */
const SECRETS = [
  ENVIRONMENT.pick({ META_APP_SECRET: true }),
  ENVIRONMENT.pick({ TWILIO_AUTH_TOKEN: true }),
] as const;

/** Resolves to the key of the hashes in the log of a deployment; to undefined when it has neither secret. */
export async function logKeyFor(target: StoreTarget): Promise<Buffer | undefined> {
  const source = await sourceOf(target === 'local' ? {} : { stack: target });
  for (const schema of SECRETS) {
    const values = await readPresent(source, schema);
    if (values !== undefined && Object.values(values).some((value) => value !== undefined))
      return logKeyOf(values);
  }
  return undefined;
}

async function readPresent(source: Source, schema: (typeof SECRETS)[number]) {
  try {
    return readVariables(await source.read(schema.shape, 'env'), schema);
  } catch (error) {
    if (error instanceof CommandError) return undefined;
    throw error;
  }
}
