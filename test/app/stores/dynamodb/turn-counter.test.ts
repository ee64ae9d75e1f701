import { expect, it } from 'vitest';
import { createDynamoDbTurnCounter } from '#app/stores/dynamodb/turn-counter.ts';
import { REGION, startDynamoDb } from '../../../fakes/dynamodb.ts';

const dynamoDb = await startDynamoDb();

it('counts the turns of a business in a minute once for all processes', async () => {
  const { conversationsTable } = await dynamoDb.tables();
  const counters = Array.from({ length: 3 }, () =>
    createDynamoDbTurnCounter({ conversationsTable, region: REGION, client: dynamoDb.client() }),
  );
  const minute = 29_000_000;
  const counts = await Promise.all(
    [...counters, ...counters].map((counter) => counter.count('alpha', minute)),
  );
  expect(counts.toSorted()).toEqual([1, 2, 3, 4, 5, 6]);
  expect(await counters[0]?.count('alpha', minute + 1)).toBe(1);
  expect(await counters[0]?.count('beta', minute)).toBe(1);
  expect(await counters[0]?.count('alpha', minute)).toBe(7);
});
