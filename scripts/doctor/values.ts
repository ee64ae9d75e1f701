/** What the program itself would say of a stack's variables at its start, before anything is built or deployed. */
import { ConfigError, readConfig } from '../../app/config.ts';
import type { EnvironmentName } from '../../infra/names.ts';
import { bad, type Finding } from '../release/checks.ts';

/**
 * The variables whose value it would refuse. What is missing, and what secrets hold, is for others to say. Without this
 * the door ends with 78 when everything is deployed, and a service whose creation failed has to be made anew.
 */
export function unfitValues(stack: EnvironmentName, plain: Readonly<Record<string, string>>): Finding[] {
  const given = new Set(Object.keys(plain));
  return problemsOf({ DEPLOYMENT_TYPE: stack, ...plain })
    .filter((problem) => given.has(problem.split(' ', 1)[0] ?? ''))
    .map((problem) => bad('configuration', problem, commandFor(stack, problem.split(' ', 1)[0] ?? '')));
}

function problemsOf(environment: Readonly<Record<string, string>>): readonly string[] {
  try {
    readConfig(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

function commandFor(stack: EnvironmentName, name: string): string {
  return `pulumi config set --path environment.${name} <value> --stack ${stack}`;
}
