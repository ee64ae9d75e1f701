import { randomUUID } from 'node:crypto';
import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import type { Clock } from '#app/ports/clock.ts';
import type { ConversationStore } from '#app/ports/store.ts';
import { openOnServerClock } from '#app/stores/dynamodb/on-server-clock.ts';
import { serverClock } from '#app/stores/dynamodb/server-clock.ts';
import { REGION, startDynamoDb } from '../../../fakes/dynamodb.ts';
import { BILAL, message } from '../../../fakes/messages.ts';
import { realClock } from '../../../fakes/real-clock.ts';

const MINUTES = 60_000;
const LEASE = 5_000;
/** The `Date` of a response has whole seconds, and this machine may be busy. */
const TOLERANCE = 3_000;

const dynamoDb = await startDynamoDb();

const ahead = (ms: number): Clock => ({ ...realClock, now: () => realClock.now() + ms });

async function twoWorkers() {
  const tables = await dynamoDb.tables();
  const open = (clock: Clock) =>
    openOnServerClock({ ...tables, region: REGION, clock, newId: randomUUID, client: dynamoDb.client() });
  const clocks = { slow: ahead(-10 * MINUTES), fast: ahead(10 * MINUTES) };
  return { clocks, slow: open(clocks.slow), fast: open(clocks.fast) };
}

/** Resolves to the milliseconds after which the conversation could be claimed. */
async function claimable(store: ConversationStore, id: string): Promise<number> {
  const startedAt = realClock.now();
  await expect
    .poll(async () => (await store.claim(id, LEASE)).claimed, { timeout: 4 * LEASE, interval: 100 })
    .toBe(true);
  return realClock.now() - startedAt;
}

it('a response that took long says nothing of the clock', async () => {
  const client = dynamoDb.client();
  let aheadMs = 0;
  const jumping: Clock = { ...realClock, now: () => realClock.now() + aheadMs };
  const clock = serverClock(client, jumping);
  // The time of the response: a process that was suspended meanwhile.
  client.middlewareStack.add(
    (next) => async (call) => {
      const output = await next(call);
      aheadMs += 20_000;
      return output;
    },
    { step: 'deserialize', priority: 'low' },
  );
  await client.send(new ListTablesCommand({}));
  expect(clock.offsetMs()).toBe(0);
});

describe('two workers whose clocks differ by twenty minutes', () => {
  it.each([
    ['slow', 'fast'],
    ['fast', 'slow'],
  ] as const)('do not overlap, nor wait for two leases, when the %s one dies', async (first, second) => {
    const { clocks, ...stores } = await twoWorkers();
    const [accepted] = await stores[first].accept([message('?', { sentAt: realClock.now() })]);
    const id = accepted?.conversation ?? '';
    expect(await stores[first].claim(id, LEASE)).toMatchObject({ claimed: true });
    const held = await stores[second].claim(id, LEASE);
    expect(held).toMatchObject({ claimed: false, because: 'held' });
    // On the second one's own clock.
    const at = 'at' in held ? held.at - clocks[second].now() : Number.NaN;
    expect(at).toBeGreaterThan(0);
    expect(at).toBeLessThan(LEASE + TOLERANCE);
    const waited = await claimable(stores[second], id);
    expect(waited).toBeGreaterThan(LEASE - TOLERANCE);
    expect(waited).toBeLessThan(2 * LEASE);
  });

  it('agree on when a turn that was released is tried again', async () => {
    const { clocks, slow, fast } = await twoWorkers();
    const [accepted] = await fast.accept([message('?', { person: BILAL, sentAt: realClock.now() })]);
    const id = accepted?.conversation ?? '';
    const claim = await fast.claim(id, LEASE);
    if (!claim.claimed) throw new Error('not claimed');
    await fast.release(claim.lease, { retryAt: clocks.fast.now() + LEASE, countAttempt: true });
    expect(await slow.claim(id, LEASE)).toMatchObject({ claimed: false, because: 'later' });
    expect(await claimable(slow, id)).toBeLessThan(2 * LEASE);
  });
});
