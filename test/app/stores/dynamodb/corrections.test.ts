import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { type Message, textOf } from '#app/domain/message.ts';
import { createDynamoDbStore } from '#app/stores/dynamodb/store.ts';
import { settableClock } from '../../../fakes/clock.ts';
import { REGION, startDynamoDb } from '../../../fakes/dynamodb.ts';
import { failingAtWrite } from '../../../fakes/failing-client.ts';
import { edit, message, revoke } from '../../../fakes/messages.ts';

const LEASE = 10_000;
const dynamoDb = await startDynamoDb();
const tables = await dynamoDb.tables();
const clock = settableClock();
const common = { ...tables, region: REGION, clock, newId: randomUUID };
const store = createDynamoDbStore({ ...common, client: dynamoDb.client() });

/** A message that is edited and one that is deleted, of a new person. */
function correctedMessages() {
  const person = { userId: `US.${randomUUID().replaceAll('-', '')}` };
  const [changed, deleted] = [message('wrong', { person }), message('secret', { person })];
  return { messages: [changed, deleted], corrections: [edit(changed, 'right'), revoke(deleted)] };
}

const ORDERS: Record<string, (of: ReturnType<typeof correctedMessages>) => readonly Message[]> = {
  'after their messages': ({ messages, corrections }) => [...messages, ...corrections],
  'before their messages': ({ messages, corrections }) => [...corrections, ...messages],
};

it.for(Object.entries(ORDERS))(
  'corrections %s survive a process that fails at any write',
  async ([, order]) => {
    let n = 0;
    for (let hasFailed = true; hasFailed; ) {
      n += 1;
      const delivered = order(correctedMessages());
      const failing = failingAtWrite(dynamoDb.client(), n, n % 2 === 0 ? 'after' : 'response-lost');
      const crashing = createDynamoDbStore({ ...common, client: failing.client });
      await crashing.accept(delivered).catch(() => undefined);
      const [first] = await store.accept(delivered);
      const claim = await store.claim(first?.conversation ?? '', LEASE);
      expect(claim.claimed && textOf(claim.turn.messages), `write ${n}`).toBe('right');
      hasFailed = failing.hasFailed();
    }
    expect(n).toBeGreaterThan(6);
  },
);

it('a revoke does not affect the previous owner of the number', async () => {
  const [phone, userId] = ['15557770001', 'US.777'];
  const [before] = await store.accept([message('mine', { person: { phone }, id: 'wamid.shared' })]);
  await store.accept([message('hello', { person: { userId } })]);
  const person = { phone, userId };
  const theirs = revoke(message('mine', { id: 'wamid.shared', person }));
  expect(await store.accept([theirs])).toMatchObject([{ outcome: 'done' }]);
  const claim = await store.claim(before?.conversation ?? '', LEASE);
  expect(claim.claimed && textOf(claim.turn.messages)).toBe('mine');
});

it('an edit that exceeds an item is cut', async () => {
  const original = message('short', { person: { phone: '15557770002' } });
  const [first] = await store.accept([original]);
  await store.accept([edit(original, 'ا'.repeat(400_000))]);
  const claim = await store.claim(first?.conversation ?? '', LEASE);
  expect(claim.claimed && textOf(claim.turn.messages)).toMatch(/^ا{10000,}$/);
});
