/** What the program itself would say of a stack's variables at its start, before anything is built or deployed. */
import { NOT_YET } from '../../../app/config/not-yet.ts';
import { ConfigError, readConfig } from '../../../app/config.ts';
import type { EnvironmentName } from '../../names.ts';
import { bad, type Finding } from '../release/checks.ts';

/**
 * The variables whose value it would refuse. What is missing, and what secrets hold, is for others to say. Without this
 * the web service ends with 78 when everything is deployed, and a service whose creation failed has to be made anew.
 */
export function unfitValues(stack: EnvironmentName, plain: Readonly<Record<string, string>>): Finding[] {
  const unfit = problemsOf({ DEPLOYMENT_TYPE: stack, ...plain })
    .map((problem) => ({ problem, name: problem.split(' ', 1)[0] ?? '' }))
    .filter(({ name }) => name in plain)
    .map(({ problem, name }) => bad('configuration', problem, setCommand(stack, name)));
  return [...unfit, ...Object.entries(plain).flatMap(([name, value]) => notYet(stack, name, value))];
}

function notYet(stack: EnvironmentName, name: string, value: string): Finding[] {
  const remove = `pulumi config rm --path environment.${name} --stack ${stack}`;
  if (name === 'BUSINESSES' && value === 'mongodb') return [bad('configuration', NOT_YET.mongodb, remove)];
  if (/^TWILIO_(ACCOUNT_SID|WHATSAPP_NUMBER)$/.test(name))
    return [bad('configuration', NOT_YET.twilio, remove)];
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

/** What sets a variable that is no secret. */
export function setCommand(stack: EnvironmentName, name: string): string {
  return `pulumi config set --path environment.${name} <value> --stack ${stack}`;
}
