import { ENV_BUSINESS } from '../domain/business.ts';
import type { Business, Businesses } from '../ports/businesses.ts';

/** A number that stands in the environment. */
export interface EnvNumber extends Pick<Business, 'channel' | 'number'> {
  readonly accessToken: string;
}

/** The business of a deployment whose numbers stand in its environment. */
export function createEnvBusinesses(numbers: readonly EnvNumber[]): Businesses {
  const businesses = numbers.map(
    ({ channel, number, accessToken }): Business => ({
      ...{ id: ENV_BUSINESS, channel, number, settings: {} },
      accessToken: () => accessToken,
      appSecrets: () => [],
    }),
  );
  return {
    async find(channel, number) {
      return businesses.find((business) => business.channel === channel && business.number === number);
    },
    async ready() {},
    async close() {},
  };
}
