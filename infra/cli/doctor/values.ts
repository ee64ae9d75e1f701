/** The application's own validation of a stack's variables, before anything is built or deployed. */
import { ConfigError, readConfig } from '../../../app/config.ts';
import type { EnvironmentName } from '../../names.ts';
import { bad, type Finding } from '../release/checks.ts';

/**
 * Returns one finding for each plain variable whose value the application would reject at its start. Without this check
 * the web service exits with 78 after everything is deployed, and a service whose creation failed has to be recreated.
 */
export function invalidValues(stack: EnvironmentName, plain: Readonly<Record<string, string>>): Finding[] {
  return problemsOf({ DEPLOYMENT_TYPE: stack, ...plain })
    .map((problem) => ({ problem, name: problem.split(' ', 1)[0] ?? '' }))
    .filter(({ name }) => name in plain)
    .map(({ problem, name }) => bad('configuration', problem, setCommand(stack, name)));
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

/** Returns the command that sets a plain variable. */
export function setCommand(stack: EnvironmentName, name: string): string {
  return `pulumi config set --path environment.${name} <value> --stack ${stack}`;
}
