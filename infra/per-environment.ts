import type { EnvironmentName } from './names.ts';

/** A value for each environment of the account. */
export type PerEnvironment<T> = Readonly<Partial<Record<EnvironmentName, T>>>;

export function perEnvironment<T>(
  environments: readonly EnvironmentName[],
  make: (environment: EnvironmentName) => T,
): PerEnvironment<T> {
  return Object.fromEntries(environments.map((environment) => [environment, make(environment)]));
}

/** Returns the value of an environment. Throws for one that is not in the account. */
export function inAccount<T>(all: PerEnvironment<T>, environment: EnvironmentName): T {
  const found = all[environment];
  if (found === undefined) throw new Error(`${environment} is not an environment of this account`);
  return found;
}
