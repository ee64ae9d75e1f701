import type { Business, Businesses } from '#app/ports/businesses.ts';

/** A registry of these. */
export function businessesOf(...businesses: readonly Business[]): Businesses {
  return {
    find: async (channel, number) =>
      businesses.find((one) => one.channel === channel && one.number === number),
    async ready() {},
    async close() {},
  };
}
