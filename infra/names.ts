/** Names that the program and the commands share. */

export const PROJECT = 'ansari-whatsapp';
/** The region of a stack without `aws:region` in its configuration. Pulumi.yaml has the same one. */
export const DEFAULT_REGION = 'us-west-2';

/**
 * The first version of Pulumi with every feature that the program and the runbook use: its engine implements
 * `requirePulumiVersion` (CHANGELOG of pulumi/pulumi). A test compares Pulumi.yaml and the documents with it.
 */
export const MIN_PULUMI_VERSION = '3.217.0';

/** Stacks that run the service. A stack `shared` beside them is what an account has once. */
export const ENVIRONMENTS = ['staging', 'production'] as const;
export type EnvironmentName = (typeof ENVIRONMENTS)[number];

export const SHARED_STACK = 'shared';

/** Returns true for a stack of the resources that an account has once: `shared`, or `shared-production` in another account. */
export function isSharedStack(stack: string): boolean {
  return stack === SHARED_STACK || /^shared-[a-z0-9]+(-[a-z0-9]+)*$/.test(stack);
}

/** Everything of an environment is named `ansari-whatsapp-<stack>` or begins with that and a dash. */
export function serviceName(environment: EnvironmentName): string {
  return `${PROJECT}-${environment}`;
}

/** Returns the path of an environment's parameters, without a slash at the end. */
export function parametersPath(environment: EnvironmentName): string {
  return `/app-runtime/${PROJECT}/${environment}`;
}

/** The environment in GitHub whose jobs compare a stack with the account. It needs no approval and gives no access to secrets. */
export function driftEnvironment(environment: EnvironmentName): `drift-${EnvironmentName}` {
  return `drift-${environment}`;
}

/** The branch that is built for and deployed to each environment. */
export const BRANCHES: Readonly<Record<EnvironmentName, string>> = { staging: 'develop', production: 'main' };
