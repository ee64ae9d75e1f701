import { ENVIRONMENT_KEYS, type EnvironmentKeys } from '../../infra/settings/environment.ts';
import { Plain } from '../command.ts';
import { readConfiguration } from '../plan/stack-file.ts';
import { type Aws, accountId } from './aws.ts';
import type { Door } from './door.ts';

/** What works on conversations: a Lambda function with a bundle of its own, or tasks that run the image. */
export type WorkerKind = EnvironmentKeys['worker'];

/** Which of the two computes the stack's file chooses. */
export function computeOf(stack: string): Door['compute'] {
  const { config } = readConfiguration(stack);
  return config['ansari-whatsapp:compute'] === 'ecs-express' ? 'ecs-express' : 'apprunner';
}

/** Which of the two workers the stack's file chooses. */
export function workerOf(stack: string): WorkerKind {
  return readConfiguration(stack).config['ansari-whatsapp:worker'] === 'fargate' ? 'fargate' : 'lambda';
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
