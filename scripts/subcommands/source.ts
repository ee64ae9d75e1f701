/** Where the variables of the command come from. */
export interface Source {
  readonly region: string | undefined;
  /** Resolves to an environment with the variables. `BUSINESSES` decides which ones are required. */
  read(variables: object, BUSINESSES: 'env' | 'mongodb'): Promise<NodeJS.ProcessEnv>;
}
