import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import type { ConversationStore } from '#app/ports/store.ts';
import { openSqliteStore } from '#app/stores/sqlite/store.ts';
import { startDynamoDb } from '../fakes/dynamodb.ts';
import { temporaryFolder } from '../fakes/folder.ts';
import { AISHA, BILAL, message } from '../fakes/messages.ts';
import { runProgram } from '../fakes/program.ts';
import { startSqs } from '../fakes/sqs.ts';
import { createStackResources } from '../fakes/stack-resources.ts';
import { wallClock as clock } from '../fakes/wall-clock.ts';

const dynamoDb = await startDynamoDb();
const sqs = await startSqs();

/** A folder without a `.env`. */
const folder = temporaryFolder();
const erase = (environment: Readonly<Record<string, string>>, ...args: readonly string[]) =>
  runProgram('scripts/erase.ts', environment, args, folder).ended;

async function twoPeopleIn(store: ConversationStore): Promise<void> {
  await store.accept([message('mine', { person: AISHA }), message('not mine', { person: BILAL })]);
}

it('deletes one person from a stack, and finds nothing the second time', async () => {
  const { store, environment } = await createStackResources('production', dynamoDb, sqs);
  await twoPeopleIn(store);
  const once = await erase(environment, '+1 (555) 000-1111', 'production');
  expect(once.code).toBe(0);
  expect(once.output).toMatch(
    /^Erased in production at \S+Z, of the person \*\*\*111: 1 conversation\(s\), 1 message/,
  );
  expect(once.output).toMatch(/: 1 message id\(s\), as keyed hashes that belong to no person\.$/m);
  expect(once.output).toMatch(
    /^Searched \S+ \(\d+ items\), \S+ \(\d+ items\): nothing of the person is left\.$/m,
  );
  for (const own of [AISHA.phone, AISHA.userId]) expect(once.output).not.toContain(own);
  expect(await store.backlog()).toMatchObject({ waiting: 1 });
  const twice = await erase(environment, AISHA.phone ?? '', 'production');
  expect(twice.code).toBe(0);
  expect(twice.output).toMatch(/^Nothing is stored of this person in production\.\nSearched .* is left\.\n$/);
});

it('deletes one person from the SQLite file of this machine', async () => {
  const path = join(temporaryFolder(), 'app.db');
  const store = await openSqliteStore({ path, clock, newId: randomUUID });
  await twoPeopleIn(store);
  const { code, output } = await erase({ SQLITE_PATH: path }, AISHA.userId ?? '', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(output)).toEqual({
    ...{ erasedAt: expect.stringMatching(/^\d{4}-.*Z$/), store: path, person: '***918' },
    deleted: {
      ...{ conversations: 1, messages: 1, parts: 0, deadLetters: 0, corrections: 0 },
      identities: 2,
    },
    stays: { messageIds: 1, atMostDays: 9, identitiesOfOthers: [] },
    ...{ purged: true, found: [], complete: true },
    searched: [
      { place: path, size: expect.any(Number), unit: 'bytes' },
      { place: `${path}-wal`, size: expect.any(Number), unit: 'bytes' },
    ],
  });
  expect(await store.backlog()).toMatchObject({ waiting: 1 });
  await store.close();
});

it('leaves nothing of a person in any file, while a service uses it and another program reads it', async () => {
  const path = join(temporaryFolder(), 'app.db');
  const store = await openSqliteStore({ path, clock, newId: randomUUID });
  const [first] = await store.accept([message('a question of hers', { id: 'wamid.hers', person: AISHA })]);
  const claim = await store.claim(first?.conversation ?? '', 60_000);
  if (!claim.claimed) throw new Error('not claimed');
  await store.writeReply(claim.lease, ['an answer for her'], {});
  const traces = [AISHA.phone, AISHA.userId, 'wamid.hers', 'a question of hers', 'an answer for her'];
  const found = () =>
    traces.filter((trace) =>
      readdirSync(dirname(path)).some((file) =>
        readFileSync(join(dirname(path), file)).includes(trace ?? ''),
      ),
    );
  expect(found()).toEqual(traces);

  const reader = new DatabaseSync(path, { readOnly: true });
  reader.exec('BEGIN');
  reader.prepare('SELECT count(*) FROM messages').get();
  const command = runProgram('scripts/erase.ts', { SQLITE_PATH: path }, [AISHA.phone ?? ''], folder);
  await command.printed('Erased in');
  // It has begun to wait for the reader by now, or is about to; without waiting it would end with 1.
  reader.exec('COMMIT');
  reader.close();
  expect(await command.ended).toMatchObject({ code: 0 });
  expect(found()).toEqual([]);
  expect(await store.accept([message('of somebody else', { person: BILAL })])).toHaveLength(1);
  await store.close();
});

it('ends with 1 when a number of the person is still somewhere', async () => {
  const path = join(temporaryFolder(), 'app.db');
  const store = await openSqliteStore({ path, clock, newId: randomUUID });
  await twoPeopleIn(store);
  await store.accept([message(`call ${AISHA.phone} for me`, { person: BILAL })]);
  const { code, output } = await erase({ SQLITE_PATH: path }, AISHA.phone ?? '');
  expect(code).toBe(1);
  expect(output).toContain(`identities are still in ${path}`);
  expect(output).not.toContain(AISHA.phone);
  await store.close();
});

it('reports a file that does not exist', async () => {
  const path = join(temporaryFolder(), 'elsewhere.db');
  const { code, output } = await erase({ SQLITE_PATH: path }, '15550001111');
  expect({ code, output }).toEqual({
    code: 1,
    output: `There is no ${path} here. Name staging or production, or set SQLITE_PATH.\n`,
  });
  expect(existsSync(path)).toBe(false);
});

it.each(['abc', '1234', 'US', 'wamid.of-a-message'])(
  'rejects %s, which can be nobody: nothing found would look like a deletion',
  async (who) => {
    const path = join(temporaryFolder(), 'app.db');
    await (await openSqliteStore({ path, clock, newId: randomUUID })).close();
    const { code, output } = await runProgram('scripts/erase.ts', { SQLITE_PATH: path }, [who], folder).ended;
    expect(code).toBe(2);
    expect(output).toContain('neither a phone number with its country code');
  },
);

it('rejects a store without a person', async () => {
  expect(await erase({}, 'staging')).toMatchObject({
    code: 2,
    output: expect.stringContaining('Name one person'),
  });
});

it('rejects an unknown store', async () => {
  expect(await erase({}, '15550001111', 'elsewhere')).toMatchObject({
    code: 2,
    output: expect.stringContaining('Name one person'),
  });
});
