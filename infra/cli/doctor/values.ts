/** The application's own validation of a stack's variables, before anything is built or deployed. */
import { NOT_SUPPORTED } from '../../../app/config/problems.ts';
import { ConfigError, readConfig } from '../../../app/config.ts';
import type { EnvironmentName } from '../../names.ts';
import { bad, type Finding } from '../release/checks.ts';

/**
 * Returns one finding for each plain variable whose value the application would reject at its start. Without this check
 * the web service exits with 78 after everything is deployed, and a service whose creation failed has to be recreated.
 */
export function invalidValues(stack: EnvironmentName, plain: Readonly<Record<string, string>>): Finding[] {
  const invalid = problemsOf({ DEPLOYMENT_TYPE: stack, ...plain })
    .map((problem) => ({ problem, name: problem.split(' ', 1)[0] ?? '' }))
    .filter(({ name }) => name in plain)
    .map(({ problem, name }) => bad('configuration', problem, setCommand(stack, name)));
  return [...invalid, ...Object.keys(plain).flatMap((name) => unsupportedValue(stack, name))];
}

function unsupportedValue(stack: EnvironmentName, name: string): Finding[] {
  const remove = `pulumi config rm --path environment.${name} --stack ${stack}`;
  if (/^TWILIO_(ACCOUNT_SID|WHATSAPP_NUMBER)$/.test(name))
    return [bad('configuration', NOT_SUPPORTED.twilio, remove)];
  return [];
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
