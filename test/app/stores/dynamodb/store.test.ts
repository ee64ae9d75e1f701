import { randomUUID } from 'node:crypto';
import { DeleteItemCommand, GetItemCommand, ScanCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Message, Person } from '#app/domain/message.ts';
import type { Claim, ConversationStore } from '#app/ports/store.ts';
import { createDynamoDbStore } from '#app/stores/dynamodb/store.ts';
import { type SettableClock, settableClock } from '../../../fakes/clock.ts';
import { tracesOf } from '../../../fakes/digests.ts';
import { REGION, startDynamoDb, type TableNames } from '../../../fakes/dynamodb.ts';
import { failingAtWrite } from '../../../fakes/failing-client.ts';
import { AISHA, BILAL, message, status } from '../../../fakes/messages.ts';

const dynamoDb = await startDynamoDb();
const owner = dynamoDb.client();
const LEASE = 10_000;
const DAY = 24 * 60 * 60 * 1000;

let clock: SettableClock;
let tables: TableNames;
let store: ConversationStore;
beforeEach(async () => {
  clock = settableClock();
  tables = await dynamoDb.tables();
  store = openStore();
});

function openStore(client = dynamoDb.client()): ConversationStore {
  return createDynamoDbStore({ ...tables, region: REGION, client, clock, newId: randomUUID });
}

async function accept(one = message()) {
  const [acceptance] = await store.accept([one]);
  if (acceptance === undefined) throw new Error('no acceptance');
  return acceptance;
}

function claimed(claim: Claim) {
  if (!claim.claimed) throw new Error(`not claimed: ${claim.because}`);
  return claim;
}

async function everything(): Promise<string> {
  const found = [tables.conversationsTable, tables.stageTable].map((TableName) =>
    owner.send(new ScanCommand({ TableName })),
  );
  return JSON.stringify((await Promise.all(found)).flatMap(({ Items = [] }) => Items));
}

/** A client of another process that runs an action before its n-th write. */
function interruptedAtWrite(n: number, action: () => Promise<void>) {
  const client = dynamoDb.client();
  const wire = client.config.requestHandler;
  const handle = wire.handle.bind(wire);
  let writes = 0;
  wire.handle = async (...args) => {
    const isWrite = /\.(Put|Update|Delete)Item$/.test(args[0].headers['x-amz-target'] ?? '');
    if (isWrite) writes += 1;
    if (isWrite && writes === n) await action();
    return handle(...args);
  };
  return client;
}

describe('calls whose response is lost and that the SDK repeats', () => {
  it('claim once', async () => {
    const { conversation } = await accept();
    const { client } = failingAtWrite(dynamoDb.client(), 1, 'response-lost');
    const { turn } = claimed(await openStore(client).claim(conversation, LEASE));
    expect(turn.attempt).toBe(1);
  });

  it('finish once', async () => {
    const { conversation } = await accept();
    const { lease } = claimed(await store.claim(conversation, LEASE));
    const { client } = failingAtWrite(dynamoDb.client(), 1, 'response-lost');
    expect(await openStore(client).finish(lease)).toEqual({});
    expect(await store.backlog()).toEqual({ waiting: 0, deadLetters: 0 });
  });

  it('write the reply once', async () => {
    const { conversation } = await accept();
    const { lease } = claimed(await store.claim(conversation, LEASE));
    const { client } = failingAtWrite(dynamoDb.client(), 2, 'response-lost');
    expect(await openStore(client).writeReply(lease, ['words'], {})).toMatchObject([{ text: 'words' }]);
  });

  it('end the lease and report it', async () => {
    const { conversation } = await accept();
    const { lease } = claimed(await store.claim(conversation, LEASE));
    const { client } = failingAtWrite(dynamoDb.client(), 1, 'response-lost');
    const retryAt = clock.now() + 60_000;
    await openStore(client).release(lease, { retryAt, countAttempt: false });
    expect(await store.claim(conversation, LEASE)).toEqual({ claimed: false, because: 'later', at: retryAt });
    clock.advance(60_000);
    expect(claimed(await store.claim(conversation, LEASE)).turn.attempt).toBe(1);
  });

  it('settle a send and return the conversation that can continue', async () => {
    const { conversation } = await accept();
    const { lease } = claimed(await store.claim(conversation, LEASE));
    const [part] = await store.writeReply(lease, ['words'], {});
    await store.markSending(lease, part?.key ?? '');
    await store.release(lease, { retryAt: clock.now() + 60_000, countAttempt: true });
    const { client } = failingAtWrite(dynamoDb.client(), 2, 'response-lost');
    expect((await openStore(client).recordStatuses([status(part?.key ?? '', 'sent')])).conversations).toEqual(
      [conversation],
    );
  });

  it('redrive a dead letter and return its conversation', async () => {
    const { conversation } = await accept();
    const { lease, turn } = claimed(await store.claim(conversation, LEASE));
    await store.giveUp(lease, 'poison', []);
    await store.finish(lease);
    const { client } = failingAtWrite(dynamoDb.client(), 4, 'response-lost');
    expect(await openStore(client).redrive(turn.id)).toBe(conversation);
    expect(await store.redrive(turn.id)).toBeUndefined();
  });
});

describe('a crash', () => {
  it('while an inactive person is deleted leaves no identity', async () => {
    const { conversation } = await accept();
    await store.finish(claimed(await store.claim(conversation, LEASE)).lease);
    clock.advance(9 * DAY + 1);
    // Two identities, then the conversation: each run completes one more write.
    for (let run = 0; run < 3; run += 1) {
      const { client, hasFailed } = failingAtWrite(dynamoDb.client(), 1, 'after');
      await expect(openStore(client).forgetOld()).rejects.toThrow();
      expect(hasFailed()).toBe(true);
    }
    await store.forgetOld();
    expect(await everything()).not.toMatch(/identity\./);
  });

  it('at any write of an erasure leaves the rest to the next one', async () => {
    const [PHONE, USER_ID] = ['15550008888', 'US.8'];
    for (let n = 1, isDone = false; !isDone; n += 1) {
      for (const person of [{ phone: PHONE }, { userId: USER_ID }, { phone: PHONE, userId: USER_ID }]) {
        await accept(message('secret', { person }));
      }
      const { client, hasFailed } = failingAtWrite(dynamoDb.client(), n, 'after');
      await openStore(client)
        .erase(USER_ID)
        .catch(() => undefined);
      isDone = !hasFailed();
      await store.erase(USER_ID);
      expect(await everything(), `after write ${n}`).not.toMatch(
        /identity\.|secret|"item":\{"S":"conversation"/,
      );
      expect(n).toBeLessThan(50);
    }
  });

  it('at any write of a changed number is repaired by the redelivery', async () => {
    const START = clock.now();
    for (let n = 1, isDone = false; !isDone; n += 1) {
      const [old, next] = [`155511${n}1`, `155511${n}2`];
      const [a1, a2, c] = [`US.A${n}`, `US.B${n}`, `US.C${n}`];
      const messageAt = (person: Person, minutes: number) =>
        message('hello', { person, sentAt: START + minutes * 60_000 });
      const { conversation: hers } = await accept(messageAt({ phone: old, userId: a1 }, 0));
      const change: Message = {
        ...messageAt({ phone: next, userId: a2, formerly: [old, a1] }, 10),
        content: { kind: 'silent', type: 'system' },
      };
      const carol = messageAt({ phone: old, userId: c }, 20);
      const { client, hasFailed } = failingAtWrite(dynamoDb.client(), n, 'after');
      const crashing = openStore(client);
      for (const one of [change, carol]) await crashing.accept([one]).catch(() => undefined);
      isDone = !hasFailed();
      await store.accept([change]);
      const { conversation: theirs } = await accept(carol);
      expect(theirs, `after write ${n}`).not.toBe(hers);
      const alice = claimed(await store.claim(hers, LEASE)).conversation;
      expect(alice, `after write ${n}`).toMatchObject({
        assistantUserId: old,
        person: { phone: next, userId: a2 },
      });
      const newcomer = claimed(await store.claim(theirs, LEASE)).conversation;
      expect(newcomer, `after write ${n}`).toMatchObject({
        assistantUserId: c,
        person: { phone: old, userId: c },
      });
      expect((await accept(messageAt({ phone: next }, 30))).conversation).toBe(hers);
      expect((await accept(messageAt({ phone: old }, 30))).conversation).toBe(theirs);
      expect(n).toBeLessThan(30);
    }
  });

  it('between the parts and their positions in the turn leaves none of them', async () => {
    const { conversation } = await accept();
    const { lease } = claimed(await store.claim(conversation, LEASE));
    const { client } = failingAtWrite(dynamoDb.client(), 3, 'before');
    await expect(openStore(client).writeReply(lease, ['never', 'said'], {})).rejects.toThrow();
    clock.advance(LEASE + 1);
    const next = claimed(await store.claim(conversation, LEASE));
    expect(next.turn.parts).toBeUndefined();
    expect(await store.writeReply(next.lease, ['short'], {})).toMatchObject([{ text: 'short' }]);
    expect(await store.parts(next.lease)).toHaveLength(1);
    await store.finish(next.lease);
    clock.advance(8 * DAY);
    await store.forgetOld();
    expect(await everything()).not.toContain('said');
  });

  it('between giving up and the dead letter is repaired by the end of the turn', async () => {
    const { conversation } = await accept();
    const { lease } = claimed(await store.claim(conversation, LEASE));
    const { client } = failingAtWrite(dynamoDb.client(), 2, 'before');
    await expect(openStore(client).giveUp(lease, 'poison', [])).rejects.toThrow();
    clock.advance(LEASE + 1);
    const next = claimed(await store.claim(conversation, LEASE));
    expect(next.turn.gaveUpReason).toBe('poison');
    await store.finish(next.lease);
    expect(await store.deadLetters(10)).toMatchObject([{ reason: 'poison', messages: 1 }]);
  });
});

describe('stored data', () => {
  it('has no text of an answered turn after its last status', async () => {
    const { conversation } = await accept(message('secret question'));
    const { lease } = claimed(await store.claim(conversation, LEASE));
    const [part] = await store.writeReply(lease, ['secret answer'], {});
    const key = part?.key ?? '';
    await store.markSending(lease, key);
    await store.markSent(lease, key, 'wamid.secret');
    await store.finish(lease);
    await store.recordStatuses([status(key, 'delivered')]);
    expect(await everything()).not.toContain('secret');
  });

  it('has nothing of an erased person', async () => {
    const { conversation } = await accept(message('secret question'));
    const { lease } = claimed(await store.claim(conversation, LEASE));
    await store.writeReply(lease, ['secret answer'], {});
    await accept(message('secret thought'));
    await store.erase(AISHA.phone ?? '');
    const stored = await everything();
    for (const own of ['secret', AISHA.phone, AISHA.userId]) expect(stored).not.toContain(own);
  });

  it('has nothing of an erased person that could be matched with a known number', async () => {
    const { phone = '', userId = '' } = AISHA;
    const { conversation } = await accept(message('one'));
    await accept(message('two', { person: { userId } }));
    await store.finish(claimed(await store.claim(conversation, LEASE)).lease);
    await accept(message('three'));
    const Key = { conversation: { S: 'keys' }, item: { S: 'ids' } };
    const stored = await owner.send(new GetItemCommand({ TableName: tables.conversationsTable, Key }));
    const secret = stored.Item?.value?.S ?? '';
    const keyedTraces = tracesOf(phone, secret).slice(2);
    const before = await everything();
    expect(keyedTraces.filter((trace) => before.includes(trace)).length).toBeGreaterThan(1);
    await store.erase(phone);
    const after = await everything();
    expect(after).not.toContain(conversation);
    for (const name of [phone, userId])
      for (const trace of tracesOf(name, secret)) expect(after).not.toContain(trace);
  });

  it.each([1, 2, 3, 4])(
    'has nothing of an erased person whom two processes accepted concurrently with two identities (at write %i)',
    async (n) => {
      const { userId = '' } = AISHA;
      let conversation: string | undefined;
      const client = interruptedAtWrite(n, async () => {
        ({ conversation } = await accept());
      });
      const [first] = await openStore(client).accept([message('hello', { person: { userId } })]);
      expect(first?.conversation).toBe(conversation);
      expect(await store.erase(AISHA.phone ?? '')).toMatchObject({ conversations: 1 });
      const stored = await everything();
      for (const own of ['identity.', AISHA.phone, userId]) expect(stored).not.toContain(own);
    },
  );

  it('has no identity of an inactive person, nor of one merged into another', async () => {
    const [phone, userId] = ['15550008888', 'US.8'];
    for (const person of [{ phone }, { userId }, { phone, userId }])
      await accept(message('hello', { person }));
    for (const conversation of await store.due(10, 0)) {
      await store.finish(claimed(await store.claim(conversation, LEASE)).lease);
    }
    expect((await everything()).match(/"identity\./g)).toHaveLength(2);
    clock.advance(9 * DAY + 1);
    expect((await store.forgetOld()).rows).toBe(5);
    expect(await everything()).not.toContain('identity.');
  });

  it('has no plain phone number outside the item of the conversation', async () => {
    await accept();
    const rows: { item?: { S?: string } }[] = JSON.parse(await everything());
    const others = rows.filter(({ item }) => item !== undefined && item.S !== 'conversation');
    expect(others).toHaveLength(3);
    for (const own of [AISHA.phone, AISHA.userId]) expect(JSON.stringify(others)).not.toContain(own);
  });

  it('has the beginning of a text that exceeds an item', async () => {
    const { conversation } = await accept(message('ب'.repeat(300_000)));
    const { turn } = claimed(await store.claim(conversation, LEASE));
    expect(turn.messages[0]?.content).toMatchObject({ text: expect.stringMatching(/^ب{50000,130000}$/) });
  });
});

describe('a message', () => {
  it('that arrives while its inactive conversation is deleted is answered', async () => {
    const { conversation } = await accept();
    const { lease } = claimed(await store.claim(conversation, LEASE));
    await store.finish(lease);
    clock.advance(9 * DAY + 1);
    const late = message('late');
    const client = dynamoDb.client();
    const wire = client.config.requestHandler;
    const handle = wire.handle.bind(wire);
    let hasArrived = false;
    wire.handle = async (...args) => {
      if (!hasArrived && args[0].headers['x-amz-target']?.endsWith('.DeleteItem')) {
        hasArrived = true;
        await accept(late);
      }
      return handle(...args);
    };
    await openStore(client).forgetOld();
    expect(hasArrived).toBe(true);
    expect((await everything()).match(/"identity\./g)).toHaveLength(2);
    expect(claimed(await store.claim(conversation, LEASE)).turn.messages).toEqual([late]);
  });

  it('of a flood is read with all others, although a page of DynamoDB has at most 1 MB', async () => {
    const flood = Array.from({ length: 32 }, () => message('x'.repeat(250_000)));
    const [first] = await store.accept(flood);
    const { turn } = claimed(await store.claim(first?.conversation ?? '', LEASE));
    expect(turn.messages.map(({ id }) => id)).toEqual(flood.map(({ id }) => id));
  });

  it('whose conversation is erased meanwhile opens a new one, which the sweep finds', async () => {
    const orphan = message('orphan');
    const { conversation } = await accept(orphan);
    const Key = { conversation: { S: conversation }, item: { S: 'conversation' } };
    await owner.send(new DeleteItemCommand({ TableName: tables.conversationsTable, Key }));
    const [found = ''] = await store.due(10, 0);
    expect(claimed(await store.claim(found, LEASE)).turn.messages).toEqual([orphan]);
  });
});

describe('the price of a part', () => {
  const pricing = { billable: true, category: 'service', country: 'PK' };
  const at = Date.UTC(2026, 0, 2);
  const read = (key: string) => status(key, 'read', { at, pricing });

  async function sentPart(question = message()) {
    const { conversation } = await accept(question);
    const { lease } = claimed(await store.claim(conversation, LEASE));
    const [{ key = '' } = {}] = await store.writeReply(lease, ['words'], {});
    await store.markSending(lease, key);
    await store.markSent(lease, key, `wamid.of-${key}`);
    await store.finish(lease);
    return key;
  }

  it.each([
    ['before', 1, 1],
    // The part says that it is counted, and nothing else does: too few, never too many.
    ['after', 1, 0],
    ['response-lost', 1, 0],
    ['before', 2, 0],
    ['after', 2, 1],
    ['response-lost', 2, 1],
  ] as const)('is never counted twice: its process fails %s write %i', async (fault, n, counted) => {
    const key = await sentPart();
    const { client, hasFailed } = failingAtWrite(dynamoDb.client(), n, fault);
    const first = openStore(client).recordStatuses([read(key)]);
    await (fault === 'response-lost' ? first : expect(first).rejects.toThrow());
    expect(hasFailed()).toBe(true);
    await store.recordStatuses([read(key)]);
    const parts = (await store.costs('2026-01')).map((cost) => cost.parts);
    expect(parts).toEqual(counted === 0 ? [] : [counted]);
  });

  it('is counted with one write for all equal ones of a delivery, and also when another part fails', async () => {
    const keys = [await sentPart(), await sentPart(), await sentPart(message('', { person: BILAL }))];
    const writes: string[] = [];
    const client = dynamoDb.client();
    const wire = client.config.requestHandler;
    const handle = wire.handle.bind(wire);
    wire.handle = async (...args) => {
      const body = String(args[0].body);
      if (args[0].headers['x-amz-target']?.endsWith('.UpdateItem')) {
        if (body.includes(JSON.stringify(keys[2]?.split('.')[0])))
          throw new Error('this part cannot be written');
        writes.push(body.includes('costs.2026-01') ? 'count' : 'part');
      }
      return handle(...args);
    };
    await expect(openStore(client).recordStatuses(keys.map(read))).rejects.toThrow();
    expect(writes).toEqual(['part', 'part', 'count']);
    expect(await store.costs('2026-01')).toMatchObject([{ parts: 2 }]);
    await store.recordStatuses(keys.map(read));
    expect(await store.costs('2026-01')).toEqual([
      { business: 'env', month: '2026-01', ...pricing, parts: 3 },
    ]);
  });

  it('expires with the last day of its month, 25 months later, and names no person', async () => {
    await store.recordStatuses([read(await sentPart())]);
    const { Items = [] } = await owner.send(new ScanCommand({ TableName: tables.conversationsTable }));
    const [count, ...others] = Items.filter((item) => item.conversation?.S?.startsWith('costs.'));
    expect(others).toEqual([]);
    expect(count?.expires_at).toEqual({ N: String(Date.UTC(2028, 2, 1) / 1000) });
    for (const name of [AISHA.phone, AISHA.userId, 'wamid'])
      expect(JSON.stringify(count)).not.toContain(name);
  });
});

describe('a failed status', () => {
  /** A turn whose one part was sent. */
  async function answered() {
    const { conversation } = await accept();
    const { lease } = claimed(await store.claim(conversation, LEASE));
    const [{ key = '' } = {}] = await store.writeReply(lease, ['words'], {});
    await store.markSending(lease, key);
    await store.markSent(lease, key, `wamid.of-${key}`);
    return { conversation, lease, key };
  }

  /** A store that runs an action just before its first call of this kind. */
  function interrupted(target: string, action: () => Promise<unknown>): ConversationStore {
    const client = dynamoDb.client();
    const wire = client.config.requestHandler;
    const handle = wire.handle.bind(wire);
    let remaining = 1;
    wire.handle = async (...args) => {
      if (args[0].headers['x-amz-target']?.endsWith(target) && remaining-- === 1) await action();
      return handle(...args);
    };
    return openStore(client);
  }

  it('that arrives while its turn is being finished reopens it', async () => {
    const { conversation, lease, key } = await answered();
    const late = () => store.recordStatuses([status(key, 'failed', { code: '131000' })]);
    await interrupted('.UpdateItem', late).finish(lease);
    const again = claimed(await store.claim(conversation, LEASE));
    expect(again.turn).toMatchObject({ reopened: true, parts: [{ text: 'words', progress: 'failed' }] });
  });

  it('that arrives while a claim deletes an earlier record is not deleted with it', async () => {
    const { conversation, lease, key } = await answered();
    await store.recordStatuses([status(key, 'failed', { code: '131000' })]);
    await store.markUnsent(lease, key);
    await store.markSending(lease, key);
    await store.markSent(lease, key, 'wamid.second');
    await store.finish(lease);
    const second = status(key, 'failed', { code: '131000', platformId: 'wamid.second' });
    const racing = interrupted('.UpdateItem', () => store.recordStatuses([second]));
    expect(await racing.claim(conversation, LEASE)).toEqual({ claimed: false, because: 'idle' });
    expect(claimed(await store.claim(conversation, LEASE)).turn).toMatchObject({ reopened: true });
  });

  it('that is redelivered after a crash is processed', async () => {
    const { conversation, lease, key } = await answered();
    await store.finish(lease);
    const failed = [status(key, 'failed', { code: '131000' })];
    for (const n of [1, 2]) {
      const { client, hasFailed } = failingAtWrite(dynamoDb.client(), n, 'before');
      await expect(openStore(client).recordStatuses(failed)).rejects.toThrow();
      expect(hasFailed()).toBe(true);
      if (n === 2)
        expect(await store.claim(conversation, LEASE)).toEqual({ claimed: false, because: 'idle' });
    }
    expect((await store.recordStatuses(failed)).conversations).toEqual([conversation]);
    expect(claimed(await store.claim(conversation, LEASE)).turn).toMatchObject({ reopened: true });
  });

  it('of a person who was erased meanwhile leaves no record', async () => {
    const { lease, key } = await answered();
    await store.finish(lease);
    const racing = interrupted('.PutItem', () => store.erase(AISHA.phone ?? ''));
    await racing.recordStatuses([status(key, 'failed', { code: '131000' })]);
    clock.advance(LEASE);
    await store.due(10, 0);
    expect(await store.due(10, 0)).toEqual([]);
  });
});

describe('an item that this release cannot read', () => {
  beforeEach(async () => {
    const { conversation } = await accept(message('?', { person: BILAL }));
    await owner.send(
      new UpdateItemCommand({
        TableName: tables.conversationsTable,
        Key: { conversation: { S: conversation }, item: { S: 'conversation' } },
        UpdateExpression: 'SET fence = :newer',
        ExpressionAttributeValues: { ':newer': { S: 'of another shape' } },
      }),
    );
  });

  it('does not block the sweep', async () => {
    const { conversation } = await accept();
    expect(await store.due(10, 0)).toContain(conversation);
  });

  it('is reported, and does not block retention', async () => {
    const phones = Array.from({ length: 8 }, (_, index) => `1555000900${index}`);
    for (const phone of phones) {
      const { conversation } = await accept(message('?', { person: { phone } }));
      await store.finish(claimed(await store.claim(conversation, LEASE)).lease);
    }
    clock.advance(10 * DAY);
    await expect(store.forgetOld()).rejects.toThrow('an item in DynamoDB cannot be read: fence');
    expect(await everything()).not.toContain('1555000900');
  });
});

describe('new persons', () => {
  it('who write through two processes at once get one conversation', async () => {
    const stores = [openStore(), openStore(), openStore()];
    const person = { phone: '15550008888', userId: 'US.8' };
    const accepted = await Promise.all(
      stores.map((one, index) =>
        one.accept([message('hello', { person: index === 0 ? { phone: '15550008888' } : person })]),
      ),
    );
    const ids = new Set(accepted.flat().map(({ conversation }) => conversation));
    expect(ids.size).toBe(1);
    const [id = ''] = ids;
    expect(claimed(await store.claim(id, LEASE)).turn.messages).toHaveLength(3);
  });
});

describe('ready', () => {
  it('resolves when both tables are available', async () => {
    await store.ready();
  });

  it('names the missing table and its region', async () => {
    tables = { ...tables, stageTable: 'no-such-table' };
    await expect(openStore().ready()).rejects.toThrow(
      'DynamoDB table no-such-table in us-west-2: not found there. Create it, or correct its name or AWS_REGION',
    );
  });
});
