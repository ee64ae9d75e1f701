import { randomUUID } from 'node:crypto';
import { type AttributeValue, ScanCommand } from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Facts } from '#app/domain/conversation.ts';
import { createDynamoDbStore } from '#app/stores/dynamodb/store.ts';
import { type SettableClock, settableClock } from '../../../fakes/clock.ts';
import { REGION, startDynamoDb, type TableNames } from '../../../fakes/dynamodb.ts';
import { failingAtWrite } from '../../../fakes/failing-client.ts';
import { AISHA, message } from '../../../fakes/messages.ts';

const dynamoDb = await startDynamoDb();
const DAY = 24 * 60 * 60 * 1000;
const USAGE = { inputTokens: 1_000, outputTokens: 20 };
const ANSWERED: Facts = { thread: { id: 'thread-1', lastAt: 5, questions: 1 } };

let clock: SettableClock;
let tables: TableNames;
beforeEach(async () => {
  clock = settableClock();
  tables = await dynamoDb.tables();
});

const openStore = (client = dynamoDb.client()) =>
  createDynamoDbStore({ ...tables, region: REGION, client, clock, newId: randomUUID });

async function claimOne() {
  const store = openStore();
  const [accepted] = await store.accept([message()]);
  const claim = await store.claim(accepted?.conversation ?? '', 10_000);
  if (!claim.claimed) throw new Error('not claimed');
  return { store, lease: claim.lease };
}

async function items(test: (item: Record<string, AttributeValue>) => boolean) {
  const { Items = [] } = await dynamoDb
    .client()
    .send(new ScanCommand({ TableName: tables.conversationsTable }));
  return Items.filter(test);
}

describe('the tokens of an answer', () => {
  it.each([
    // The parts, then what makes them the reply, then the count.
    ['before', 2, 1],
    ['after', 2, 0],
    ['response-lost', 2, 0],
    ['before', 3, 0],
    ['after', 3, 1],
    ['response-lost', 3, 1],
  ] as const)('are never counted twice: its process fails %s write %i', async (fault, n, answers) => {
    const { store, lease } = await claimOne();
    const { client, hasFailed } = failingAtWrite(dynamoDb.client(), n, fault);
    const first = openStore(client).writeReply(lease, ['words'], {}, USAGE);
    await (fault === 'response-lost' ? first : expect(first).rejects.toThrow());
    expect(hasFailed()).toBe(true);
    expect(await store.writeReply(lease, ['other'], {}, USAGE)).toMatchObject([
      { text: n === 2 && fault === 'before' ? 'other' : 'words' },
    ]);
    const counted = await store.tokens('2026-01');
    expect(counted).toEqual(answers === 0 ? [] : [{ business: 'env', answers, ...USAGE }]);
  });

  it('expire with the last day of their month, 25 months later, and name no person', async () => {
    const { store, lease } = await claimOne();
    await store.writeReply(lease, ['words'], {}, USAGE);
    const [count, ...others] = await items(({ conversation }) => conversation?.S === 'tokens.2026-01');
    expect(others).toEqual([]);
    expect(count?.expires_at).toEqual({ N: String(Date.UTC(2028, 2, 1) / 1000) });
    for (const name of [AISHA.phone, AISHA.userId, lease.conversation])
      expect(JSON.stringify(count)).not.toContain(name);
  });
});

describe('a part that was sent', () => {
  it('is kept for 9 days, and its text for 7', async () => {
    const { store, lease } = await claimOne();
    const [{ key = '' } = {}] = await store.writeReply(lease, ['words'], ANSWERED);
    await store.markSending(lease, key);
    await store.markSent(lease, key, 'wamid.1');
    await store.finish(lease);
    const kept = () => items(({ key: own }) => own?.S === key);
    const expiries = { N: String((clock.now() + 9 * DAY) / 1000) };
    clock.advance(7 * DAY - 1);
    await store.forgetOld();
    const before = await kept();
    expect(before.map(({ expires_at }) => expires_at)).toEqual([expiries, expiries]);
    expect(JSON.stringify(before)).toContain('words');
    clock.advance(2);
    await store.forgetOld();
    const after = await kept();
    expect(after.map(({ expires_at }) => expires_at)).toEqual([expiries, expiries]);
    expect(JSON.stringify(after)).not.toContain('words');
  });
});
