import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { ConversationStore } from '#app/ports/store.ts';
import { createDynamoDbStore } from '#app/stores/dynamodb/store.ts';
import { storeContract } from '../../../contracts/store.ts';
import { REGION, startDynamoDb } from '../../../fakes/dynamodb.ts';
import { recordedCalls } from '../../../fakes/recorded-calls.ts';

const dynamoDb = await startDynamoDb();
const calls = recordedCalls();

storeContract({
  name: 'dynamodb',
  open: async (clock) =>
    calls.by<ConversationStore>(
      createDynamoDbStore({
        ...(await dynamoDb.tables()),
        region: REGION,
        client: calls.of(dynamoDb.client()),
        clock,
        newId: randomUUID,
      }),
    ),
  moves: 5,
});

// After the contract, which makes them. `test/infra/calls.test.ts` holds the list against the permissions of the programs.
it('the contract makes the calls of the list, and no others (after a change: vitest -u)', async () => {
  await expect(`${calls.list().join('\n')}\n`).toMatchFileSnapshot('calls.txt');
});
