/** The database of businesses that a stack uses, or is about to use. */
import { plainVariables } from '../plan/stack-file.ts';
import { type Finding, skipped } from '../release/checks.ts';
import type { StackConfig } from './meta-of-stack.ts';
import { secretOf } from './secret-of.ts';

/** Also while BUSINESSES is `env`, once the stack has `MONGODB_URI`: the checks before the switch are the same. */
export async function checkMongoDbOfStack({
  stack,
  environment,
  missing,
  secrets,
  hasPulumi,
}: StackConfig): Promise<Finding[]> {
  const plain = plainVariables(environment) ?? {};
  const isUsed = plain.BUSINESSES === 'mongodb';
  if (!isUsed && !secrets.includes('MONGODB_URI')) return [];
  const value = (name: string) => (missing.includes(name) ? undefined : secretOf(stack, name, hasPulumi));
  const [uri, keys] = await Promise.all([value('MONGODB_URI'), value('ENCRYPTION_SECRET')]);
  const database = missing.includes('MONGODB_DB_NAME') ? undefined : plain.MONGODB_DB_NAME;
  const absent = Object.entries({ MONGODB_URI: uri, MONGODB_DB_NAME: database, ENCRYPTION_SECRET: keys })
    .filter(([, found]) => found === undefined)
    .map(([name]) => name);
  if (uri === undefined || database === undefined || keys === undefined) {
    const set = absent.map((name) =>
      name === 'MONGODB_DB_NAME'
        ? `pulumi config set --path environment.${name} <value> --stack ${stack}`
        : `pulumi config set --secret ${name} --stack ${stack}`,
    );
    return [skipped('mongodb', `${absent.join(' and ')} cannot be read`, set.join('\n'))];
  }
  // Loaded on demand: most stacks have one business.
  const { checkMongoDb } = await import('./mongodb.ts');
  const ownNumber = plain.META_BUSINESS_PHONE_NUMBER_ID;
  return checkMongoDb({ stack, uri, database, keyIds: keyIdsOf(keys), ownNumber, isUsed, now: Date.now() });
}

/** The ids of `<key id>:<key>`, comma separated. */
function keyIdsOf(keys: string): string[] {
  return keys
    .split(',')
    .map((entry) => entry.trim().split(':', 1)[0] ?? '')
    .filter((id) => id !== '');
}
