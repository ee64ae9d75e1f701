import type { Source } from '../../subcommands/source.ts';

/** Returns the variables of our environment, else of `.env`. `development`: none has a default that is public. */
export function numberSource(readEnv: () => NodeJS.Dict<string>): Source {
  return {
    region: undefined,
    read: async (_variables, BUSINESSES) => ({
      ...{ ...readEnv(), ...process.env },
      ...{ BUSINESSES, DEPLOYMENT_TYPE: 'development' },
    }),
  };
}
