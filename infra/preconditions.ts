/** Checks of the Pulumi version, the account and the roles, before any resource is created. */
import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { MIN_PULUMI_VERSION } from './names.ts';
import { notPassable } from './settings/passable.ts';
import { InvalidSettings } from './settings/problems.ts';
import type { EnvironmentSettings, Settings } from './settings/read.ts';
import { notAllowed } from './settings/secret-reference.ts';

export async function requirePulumi(): Promise<void> {
  try {
    await pulumi.requirePulumiVersion(`>=${MIN_PULUMI_VERSION}`);
  } catch (error) {
    const problem = versionProblem(error);
    if (problem === undefined) throw error;
    throw new pulumi.RunError(problem);
  }
}

/**
 * Returns why this Pulumi is too old, from the error of `requirePulumiVersion`; undefined for an error that is about
 * something else, such as a connection to the engine that was lost.
 */
export function versionProblem(error: unknown): string | undefined {
  const message = error instanceof Error ? error.message : String(error);
  const upgrade = 'nothing was created: curl -fsSL https://get.pulumi.com | sh';
  // The SDK's words for UNIMPLEMENTED (`runtime/settings.js` of @pulumi/pulumi): an engine before 3.217.0.
  if (message.includes('does not support the `RequirePulumiVersion` RPC'))
    return `This Pulumi is older than ${MIN_PULUMI_VERSION}, ${upgrade}`;
  const found = /Pulumi CLI version (\S+) does not satisfy the version range/.exec(message)?.[1];
  return found === undefined
    ? undefined
    : `This is Pulumi ${found}, and the program needs ${MIN_PULUMI_VERSION} or newer, ${upgrade}`;
}

/** Throws `RunError` when the credentials belong to another account than the stack names. */
export async function requireAccount({ stack, accountId }: Settings): Promise<void> {
  if (accountId === undefined) return;
  // Without the stack's own provider, which refuses to work in another account with a shorter message.
  const { accountId: found } = await aws.getCallerIdentity();
  if (found === accountId) return;
  const message = `these credentials belong to account ${found}, the stack is in ${accountId}`;
  const unfit = new InvalidSettings(stack, [
    `${message}\n      export AWS_PROFILE=<a profile of ${accountId}>`,
  ]);
  throw new pulumi.RunError(unfit.message);
}

/** Throws `RunError` for a configured role that the deploy role may not pass on. */
export function requirePassableRoles(settings: EnvironmentSettings, passable: readonly string[]): void {
  refuse(settings, notPassable(settings, passable, settings.sharedStack));
}

/** Throws `RunError` for a secret or key that the boundary of the environment does not allow. */
export function requireAllowedSecrets(settings: EnvironmentSettings, allowed: readonly string[]): void {
  const arns = Object.values(settings.references).map(({ arn }) => arn);
  const all = { stack: settings.stack, arns: arns.length === 0 ? [] : [...arns, ...settings.secretKeyArns] };
  refuse(settings, notAllowed(all, allowed, settings.sharedStack));
}

function refuse(
  settings: EnvironmentSettings,
  problems: readonly { readonly message: string; readonly fix: string }[],
): void {
  if (problems.length === 0) return;
  const sentences = problems.map(({ message, fix }) => `${message}\n      ${fix}`);
  throw new pulumi.RunError(new InvalidSettings(settings.stack, sentences).message);
}
