import type { EnvironmentName } from './names.ts';

/** Something of each environment that lives in the account. */
export type PerEnvironment<T> = Readonly<Partial<Record<EnvironmentName, T>>>;

export function perEnvironment<T>(
  environments: readonly EnvironmentName[],
  make: (environment: EnvironmentName) => T,
): PerEnvironment<T> {
  return Object.fromEntries(environments.map((environment) => [environment, make(environment)]));
}

/** Throws for an environment that does not live in the account. */
export function inAccount<T>(all: PerEnvironment<T>, environment: EnvironmentName): T {
  const found = all[environment];
  if (found === undefined) throw new Error(`${environment} does not live in this account`);
  return found;
}
