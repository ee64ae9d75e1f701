/** What has to be right about whoever runs the program, before any resource. */
import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { OLDEST_PULUMI } from './names.ts';
import { notPassable } from './settings/passable.ts';
import { UnfitSettings } from './settings/problems.ts';
import type { EnvironmentSettings, Settings } from './settings/read.ts';

export async function expectPulumi(): Promise<void> {
  try {
    await pulumi.requirePulumiVersion(`>=${OLDEST_PULUMI}`);
  } catch {
    throw new pulumi.RunError(
      `This Pulumi is older than ${OLDEST_PULUMI}, nothing was created: curl -fsSL https://get.pulumi.com | sh`,
    );
  }
}

/** A stack that names its account is in no other. */
export async function expectAccount({ stack, accountId }: Settings): Promise<void> {
  if (accountId === undefined) return;
  // Asked without the stack's own provider, which refuses to work in another account, and says less.
  const { accountId: found } = await aws.getCallerIdentity();
  if (found === accountId) return;
  const says = `these credentials are of account ${found}, the stack lives in ${accountId}`;
  const unfit = new UnfitSettings(stack, [`${says}\n      export AWS_PROFILE=<a profile of ${accountId}>`]);
  throw new pulumi.RunError(unfit.message);
}

/** Roles that an operator gives are among those that the deploy role may pass on. */
export function expectPassable(settings: EnvironmentSettings, passable: readonly string[]): void {
  const problems = notPassable(settings, passable);
  if (problems.length === 0) return;
  const sentences = problems.map(({ says, fix }) => `${says}\n      ${fix}`);
  throw new pulumi.RunError(new UnfitSettings(settings.stack, sentences).message);
}
