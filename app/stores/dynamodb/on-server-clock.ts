import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { clientSettings } from '../../aws/client.ts';
import type { ConversationStore } from '../../ports/store.ts';
import { serverClock } from './server-clock.ts';
import { createDynamoDbStore, type DynamoDbStoreOptions } from './store.ts';

/**
 * The store with all its times on DynamoDB's clock: a lease that one worker wrote ends for every other one when it ends, also
 * when the clocks of their machines differ. Callers go on with their own clock.
 */
export function openOnServerClock(options: DynamoDbStoreOptions): ConversationStore {
  const client = options.client ?? new DynamoDBClient(clientSettings(options));
  const clock = serverClock(client, options.clock);
  const store = createDynamoDbStore({ ...options, client, clock });
  const toServer = (at: number) => at + clock.offsetMs();
  const toCaller = (at: number) => at - clock.offsetMs();

  return {
    ...store,

    async claim(id, leaseMs) {
      const claim = await store.claim(id, leaseMs);
      return 'at' in claim ? { ...claim, at: toCaller(claim.at) } : claim;
    },

    release: (lease, { retryAt, ...rest }) => store.release(lease, { ...rest, retryAt: toServer(retryAt) }),

    async finish(lease) {
      const { waitingSince } = await store.finish(lease);
      return waitingSince === undefined ? {} : { waitingSince: toCaller(waitingSince) };
    },

    async backlog() {
      const { oldestAt, ...rest } = await store.backlog();
      return { ...rest, ...(oldestAt !== undefined && { oldestAt: toCaller(oldestAt) }) };
    },
  };
}
