import { ENVIRONMENT_KEYS } from '../../infra/settings/environment.ts';
import { Plain } from '../command.ts';
import { readConfiguration } from '../plan/stack-file.ts';
import { type Aws, accountId } from './aws.ts';
import type { Door } from './door.ts';

/** Which of the two computes the stack's file chooses. */
export function computeOf(stack: string): Door['compute'] {
  const { config } = readConfiguration(stack);
  return config['ansari-whatsapp:compute'] === 'ecs-express' ? 'ecs-express' : 'apprunner';
}

/** Days that the stack's logs are kept. */
export function logRetentionOf(stack: string): number {
  const { config } = readConfiguration(stack);
  return ENVIRONMENT_KEYS.shape.logRetentionDays.parse(config['ansari-whatsapp:logRetentionDays']);
}

/**
 * Answers the account of the credentials. Throws `Plain` when it is not the one that the stack lives in, before anything
 * is built for it, looked for in it or missed there.
 */
export async function mustBeAccountOf(
  aws: Pick<Aws, 'sts'>,
  stack: string,
  expected = readConfiguration(stack).config['ansari-whatsapp:accountId'],
): Promise<string> {
  const account = await accountId(aws);
  if (expected === undefined || expected === account) return account;
  throw new Plain(
    `These credentials are of account ${account}, and ${stack} lives in ${expected}: export AWS_PROFILE=<a profile of ${expected}>`,
  );
}
