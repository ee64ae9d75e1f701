import { CommandError } from '../../../scripts/command.ts';
import { DEFAULT_REGION } from '../../names.ts';
import { ENVIRONMENT_KEYS, type EnvironmentKeys } from '../../settings/environment.ts';
import { regionName } from '../../settings/region.ts';
import { SHARED_KEYS } from '../../settings/shared.ts';
import { readConfiguration } from '../plan/stack-file.ts';
import { type Aws, accountId, openAws } from './aws.ts';
import type { WebService } from './web-service.ts';

/**
 * Returns the region of a stack: from its configuration, else from the environment. Throws `CommandError` when it is not a region.
 */
export function regionOf(stack: string): string {
  const region = readConfiguration(stack).config['aws:region'] ?? process.env.AWS_REGION ?? DEFAULT_REGION;
  const problem = regionName.safeParse(region).error?.issues[0]?.message;
  if (problem === undefined) return region;
  throw new CommandError(
    `${stack}: aws:region ${problem}, got ${region}: pulumi config set aws:region ${DEFAULT_REGION} --stack ${stack}`,
  );
}

/** Returns the name of the shared stack in the account of this stack. */
export function sharedStackOf(stack: string): string {
  return ENVIRONMENT_KEYS.shape.sharedStack.parse(
    readConfiguration(stack).config['ansari-whatsapp:sharedStack'],
  );
}

/** Opens the clients for the region of the stack, with the registry of its images. */
export function awsOf(stack: string): Aws {
  const shared = readConfiguration(sharedStackOf(stack)).config;
  const repositoryName = SHARED_KEYS.shape.repositoryName.parse(shared['ansari-whatsapp:repositoryName']);
  return openAws({ region: regionOf(stack), repositoryName });
}

/** The kind of worker: a Lambda function with a bundle of its own, or tasks that run the image. */
export type WorkerKind = EnvironmentKeys['worker'];

/** Returns the compute in the stack's file. */
export function computeOf(stack: string): WebService['compute'] {
  const { config } = readConfiguration(stack);
  return config['ansari-whatsapp:compute'] === 'ecs-express' ? 'ecs-express' : 'apprunner';
}

/** Returns the kind of worker in the stack's file. */
export function workerOf(stack: string): WorkerKind {
  return readConfiguration(stack).config['ansari-whatsapp:worker'] === 'fargate' ? 'fargate' : 'lambda';
}

/** Returns the retention of the stack's logs, in days. */
export function logRetentionOf(stack: string): number {
  const { config } = readConfiguration(stack);
  return ENVIRONMENT_KEYS.shape.logRetentionDays.parse(config['ansari-whatsapp:logRetentionDays']);
}

/**
 * Resolves to the account of the credentials. Throws `CommandError` when the stack is in another account.
 */
export async function requireAccountOf(
  aws: Pick<Aws, 'sts'>,
  stack: string,
  expected = readConfiguration(stack).config['ansari-whatsapp:accountId'],
): Promise<string> {
  const account = await accountId(aws);
  if (expected === undefined || expected === account) return account;
  throw new CommandError(
    `These credentials belong to account ${account}, and ${stack} is in ${expected}: export AWS_PROFILE=<a profile of ${expected}>`,
  );
}
