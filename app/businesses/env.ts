import type { Business, Businesses } from '../ports/businesses.ts';

/** The businesses of a deployment whose numbers stand in its environment. */
export function createEnvBusinesses(businesses: readonly Business[]): Businesses {
  return {
    async find(channel, number) {
      return businesses.find((business) => business.channel === channel && business.number === number);
    },
    async ready() {},
    async close() {},
  };
}
