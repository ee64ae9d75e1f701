/** Names that the program and the commands share. */

export const PROJECT = 'ansari-whatsapp';
/** Where a stack lives unless its configuration says otherwise (`aws:region`). Pulumi.yaml says the same. */
export const DEFAULT_REGION = 'us-west-2';

/**
 * The first Pulumi with everything that the program and the runbook use: its engine answers
 * `requirePulumiVersion` (CHANGELOG of pulumi/pulumi). Pulumi.yaml and the documents say the same, which a test checks.
 */
export const MIN_PULUMI_VERSION = '3.217.0';

/** Stacks that run the service. A stack `shared` beside them is what an account has once. */
export const ENVIRONMENTS = ['staging', 'production'] as const;
export type EnvironmentName = (typeof ENVIRONMENTS)[number];

export const SHARED_STACK = 'shared';

/** Whether a stack is what an account has once: `shared`, or in another account for example `shared-production`. */
export function isSharedStack(stack: string): boolean {
  return stack === SHARED_STACK || /^shared-[a-z0-9]+(-[a-z0-9]+)*$/.test(stack);
}

/** Everything of an environment is named `ansari-whatsapp-<stack>` or begins with that and a dash. */
export function serviceName(environment: EnvironmentName): string {
  return `${PROJECT}-${environment}`;
}

/** Where the parameters of an environment begin; ends without a slash. */
export function parametersPath(environment: EnvironmentName): string {
  return `/app-runtime/${PROJECT}/${environment}`;
}

/** The environment in GitHub whose jobs compare a stack with the account. It needs no approval, and opens no secret. */
export function driftEnvironment(environment: EnvironmentName): `drift-${EnvironmentName}` {
  return `drift-${environment}`;
}

/** Which branch is built for and deployed to which environment. */
export const BRANCHES: Readonly<Record<EnvironmentName, string>> = { staging: 'develop', production: 'main' };
