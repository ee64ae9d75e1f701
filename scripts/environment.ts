/** The stack that a command works on. */
import { similarName } from '../app/config/similar.ts';
import { ENVIRONMENTS, type EnvironmentName } from '../infra/names.ts';
import { UsageError } from './errors.ts';

export function asEnvironment(word: string | undefined): EnvironmentName | undefined {
  return ENVIRONMENTS.find((name) => name === word);
}

/** Throws `UsageError` unless the word names a stack that runs the service. */
export function environmentOf(word: string | undefined): EnvironmentName {
  const environment = asEnvironment(word);
  if (environment === undefined)
    throw new UsageError(`Name one stack: ${ENVIRONMENTS.join(' or ')}.${didYouMean(word, ENVIRONMENTS)}`);
  return environment;
}

/** Returns a question for a word that is nearly one of these, and nothing otherwise. */
export function didYouMean(word: string | undefined, known: readonly string[]): string {
  const meant = word === undefined ? undefined : similarName(word, known, 2);
  return meant === undefined ? '' : ` Did you mean ${meant}?`;
}
