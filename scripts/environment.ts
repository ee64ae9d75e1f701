/** The stack that a command is told to look at. */
import { ENVIRONMENTS, type EnvironmentName } from '../infra/names.ts';
import { Usage } from './command.ts';

export function asEnvironment(word: string | undefined): EnvironmentName | undefined {
  return ENVIRONMENTS.find((name) => name === word);
}

/** The word that names a stack that runs the service. */
export function environmentOf(word: string | undefined): EnvironmentName {
  const environment = asEnvironment(word);
  if (environment === undefined) throw new Usage(`Name one stack: ${ENVIRONMENTS.join(' or ')}.`);
  return environment;
}
