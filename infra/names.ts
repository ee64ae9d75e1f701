/** What things are called, for the program and for the commands that look at what it has made. */

export const PROJECT = 'ansari-whatsapp';
export const REGION = 'us-west-2';

/**
 * The first Pulumi with everything that the program and the runbook use: its engine answers
 * `requirePulumiVersion` (CHANGELOG of pulumi/pulumi). Pulumi.yaml and the documents say the same, which a test checks.
 */
export const MIN_PULUMI_VERSION = '3.217.0';

/** Stacks that run the service. `shared` is the third: what an account has once. */
export const ENVIRONMENTS = ['staging', 'production'] as const;
export type EnvironmentName = (typeof ENVIRONMENTS)[number];

/** Everything of an environment is named `ansari-whatsapp-<stack>` or begins with that and a dash. */
export function serviceName(environment: EnvironmentName): string {
  return `${PROJECT}-${environment}`;
}

/** Where the parameters of an environment begin; ends without a slash. */
export function parametersPath(environment: EnvironmentName): string {
  return `/app-runtime/${PROJECT}/${environment}`;
}
