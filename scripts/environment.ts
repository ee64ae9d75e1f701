/** The stack that a command works on. */
import { ENVIRONMENTS, type EnvironmentName } from '../infra/names.ts';
import { UsageError } from './errors.ts';

export function asEnvironment(word: string | undefined): EnvironmentName | undefined {
  return ENVIRONMENTS.find((name) => name === word);
}

/** Throws `UsageError` unless the word names a stack that runs the service. */
export function environmentOf(word: string | undefined): EnvironmentName {
  const environment = asEnvironment(word);
  if (environment === undefined) throw new UsageError(`Name one stack: ${ENVIRONMENTS.join(' or ')}.`);
  return environment;
}
