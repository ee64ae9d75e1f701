/** What things are called, for the program and for the commands that look at what it has made. */

export const PROJECT = 'ansari-whatsapp';
export const REGION = 'us-west-2';

/** The oldest Pulumi with everything that the program and the runbook use (`state taint`). Pulumi.yaml says the same. */
export const OLDEST_PULUMI = '3.200.0';

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

/** The environment in GitHub whose jobs compare a stack with the account. It needs no approval, and opens no secret. */
export function driftEnvironment(environment: EnvironmentName): `drift-${EnvironmentName}` {
  return `drift-${environment}`;
}
