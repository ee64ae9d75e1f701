import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ConversationStore } from '#app/ports/store.ts';
import { openSqliteStore } from '#app/stores/sqlite/store.ts';
import { startDynamoDb } from '../fakes/dynamodb.ts';
import { temporaryFolder } from '../fakes/folder.ts';
import { AISHA, message } from '../fakes/messages.ts';
import { runProgram } from '../fakes/program.ts';
import { startSqs } from '../fakes/sqs.ts';
import { createStackResources } from '../fakes/stack-resources.ts';
import { wallClock as clock } from '../fakes/wall-clock.ts';

const dynamoDb = await startDynamoDb();
const sqs = await startSqs();

/** Somewhere without a `.env`. */
const folder = temporaryFolder();
const redrive = (environment: Readonly<Record<string, string>>, ...args: readonly string[]) =>
  runProgram('scripts/redrive.ts', environment, args, folder).ended;

const wakeUp = (conversation: string) => JSON.stringify({ conversation });

/** Creates a dead letter. Resolves to its conversation. */
async function buried(store: ConversationStore, sentAt = clock.now()): Promise<string> {
  const [acceptance] = await store.accept([message('a secret question', { person: AISHA, sentAt })]);
  const conversation = acceptance?.conversation ?? '';
  const claim = await store.claim(conversation, 10_000);
  if (!claim.claimed) throw new Error('not claimed');
  await store.giveUp(claim.lease, 'refused: 131047', []);
  await store.finish(claim.lease);
  return conversation;
}

describe('npm run redrive -- staging', () => {
  it('lists dead letters, and sends them back once', { timeout: 60_000 }, async () => {
    const { store, wakeUps, deadWakeUps, environment } = await createStackResources('staging', dynamoDb, sqs);
    const conversation = await buried(store);
    const turn = (await store.deadLetters(1))[0]?.turnId ?? '';
    for (const body of [wakeUp('one'), wakeUp('two'), 'rubbish']) await deadWakeUps.send(body);

    const { output: listed } = await redrive(environment, 'staging');
    expect(listed).toContain(`${turn}  `);
    expect(listed).toContain('1 message(s)  refused: 131047');
    expect(listed).toContain('  a wake-up for one\n');
    expect(listed).toContain('  not a wake-up of this service\n');
    expect(listed).toContain('npm run redrive -- staging --all');
    expect(listed).toContain('npm run redrive -- staging drop <id>');
    for (const own of ['secret', AISHA.phone, AISHA.userId]) expect(listed).not.toContain(own);
    expect(await store.backlog()).toEqual({ waiting: 0, deadLetters: 1 });

    // Wake-ups that were only listed are visible again.
    const id = /^(\S+) {2}a wake-up for two$/m.exec(listed)?.[1] ?? '';
    expect(await redrive(environment, 'staging', id, 'never-seen')).toEqual({
      code: 1,
      output: `${id}: sent again\nnever-seen: no such dead letter in staging\n`,
    });
    expect(await wakeUps.take(1)).toEqual([wakeUp('two')]);
    expect(await store.backlog()).toEqual({ waiting: 0, deadLetters: 1 });

    const all = await redrive(environment, 'staging', '--all');
    expect(all).toMatchObject({ code: 0, output: expect.stringContaining(`${turn}: waits again\n`) });
    expect((await wakeUps.take(2)).sort()).toEqual([wakeUp('one'), wakeUp(conversation)].sort());
    expect(await store.backlog()).toMatchObject({ waiting: 1, deadLetters: 0 });

    const again = await redrive(environment, 'staging', '--all');
    expect(again).toMatchObject({
      code: 0,
      output: expect.stringMatching(/^\S+: not a wake-up of this service; it stays\n$/),
    });
    expect(await wakeUps.receive()).toEqual([]);
    expect(await store.backlog()).toMatchObject({ waiting: 1, deadLetters: 0 });
  });

  it('reports missing parameters and a missing store', async () => {
    const { environment } = await createStackResources('production', dynamoDb, sqs);
    const { code, output } = await redrive(environment, 'staging');
    expect(code).toBe(1);
    expect(output).toMatch(/^SSM has no parameter for CONVERSATIONS_TABLE.*\n$/);
    expect(await redrive({}, 'elsewhere')).toMatchObject({
      code: 2,
      output: expect.stringContaining('local, staging or production'),
    });
  });
});

describe('npm run redrive -- staging drop', () => {
  it('deletes dead letters and every queue message, once it is told so', { timeout: 60_000 }, async () => {
    const { store, deadWakeUps, environment } = await createStackResources('staging', dynamoDb, sqs);
    await buried(store);
    for (const body of [wakeUp('one'), 'rubbish']) await deadWakeUps.send(body);

    const unasked = await redrive(environment, 'staging', 'drop', '--all');
    expect(unasked.code).toBe(2);
    expect(unasked.output).toMatch(
      /^Deletes 1 dead letter\(s\) and 2 queue message\(s\) of staging.* add --yes\.\n/,
    );
    expect(await store.backlog()).toEqual({ waiting: 0, deadLetters: 1 });

    const { code, output } = await redrive(environment, 'staging', 'drop', '--all', '--yes', '--json');
    expect(code).toBe(0);
    const { results } = JSON.parse(output);
    expect(results.map(({ outcome }: { outcome: string }) => outcome)).toEqual([
      ...['wake_up_deleted', 'wake_up_deleted', 'dropped'],
    ]);
    expect(await store.backlog()).toEqual({ waiting: 0, deadLetters: 0 });
    expect(await deadWakeUps.receive()).toEqual([]);
    expect(await redrive(environment, 'staging', 'drop', '--all', '--yes')).toEqual({
      code: 0,
      output: 'No dead letters in staging.\n',
    });
  });
});

describe('npm run redrive -- local', () => {
  it('shows a dead letter, its words only when asked for them, and drops it', {
    timeout: 60_000,
  }, async () => {
    const path = join(temporaryFolder(), 'app.db');
    const store = await openSqliteStore({ path, clock, newId: randomUUID });
    const conversation = await buried(store);
    const turn = (await store.deadLetters(1))[0]?.turnId ?? '';
    const environment = { SQLITE_PATH: path };

    const shown = await redrive(environment, 'local', 'show', turn);
    expect(shown.code).toBe(0);
    for (const fact of [turn, conversation, 'refused: 131047', 'attempts      1', 'is possible'])
      expect(shown.output).toContain(fact);
    for (const own of ['secret', AISHA.phone, AISHA.userId]) expect(shown.output).not.toContain(own);
    const withText = await redrive(environment, 'local', 'show', turn, '--text');
    expect(withText.output).toContain('holds the words of a person');
    expect(withText.output).toContain('a secret question');

    const { output: json } = await redrive(environment, 'local', 'show', turn, '--json');
    expect(JSON.parse(json)).toMatchObject({
      deadLetter: { id: turn, conversation, attempts: 1, messages: 1, tooOld: false, parts: [] },
    });
    expect(json).not.toContain('secret');
    const { output: listed } = await redrive(environment, 'local', '--json');
    expect(JSON.parse(listed)).toMatchObject({ deadLetters: [{ id: turn, tooOld: false }], wakeUps: [] });

    expect(await redrive(environment, 'local', 'drop', turn, 'never-seen', '--yes')).toEqual({
      code: 1,
      output:
        `${turn}: deleted; its messages count as answered\n` +
        `never-seen: no such dead letter in ${path}, or its apology is not sent yet\n`,
    });
    expect(await store.backlog()).toEqual({ waiting: 0, deadLetters: 0 });
    expect(await redrive(environment, 'local', 'show', turn)).toMatchObject({ code: 1 });
    await store.close();
  });

  it.each([
    [['drop'], 'Name the dead letters to delete, or --all.'],
    [['drop', '--all', 'an-id', '--yes'], 'Name dead letters, or --all, not both.'],
    [['--text'], '--text belongs to show.'],
    [['an-id', '--yes'], '--yes belongs to drop.'],
  ])('rejects %j', async (args, why) => {
    const { code, output } = await redrive({}, 'local', ...args);
    expect({ code, first: output.split('\n')[0] }).toEqual({ code: 2, first: why });
  });

  it('works on the SQLite file of this machine', async () => {
    const path = join(temporaryFolder(), 'app.db');
    const store = await openSqliteStore({ path, clock, newId: randomUUID });
    await buried(store);
    const [deadLetter] = await store.deadLetters(1);
    const environment = { SQLITE_PATH: path };
    expect((await redrive(environment, 'local')).output).toContain(`${deadLetter?.turnId}  `);
    expect(await redrive(environment, 'local', '--all')).toEqual({
      code: 0,
      output: `${deadLetter?.turnId}: waits again\n`,
    });
    expect(await store.backlog()).toMatchObject({ waiting: 1, deadLetters: 0 });
    await store.close();
  });

  it('leaves and reports what is too old to be answered', async () => {
    const path = join(temporaryFolder(), 'app.db');
    const store = await openSqliteStore({ path, clock, newId: randomUUID });
    await buried(store, clock.now() - 24 * 60 * 60 * 1000);
    const turn = (await store.deadLetters(1))[0]?.turnId ?? '';
    const environment = { SQLITE_PATH: path };
    const why = 'too old to answer until the person writes again: WhatsApp takes replies for 24 hours';
    expect((await redrive(environment, 'local')).output).toMatch(
      new RegExp(
        `^${turn}  .*  refused: 131047  \\(${why}\\)\n\nLook at one: .* show <id>; delete it: .*\n$`,
      ),
    );
    expect(await redrive(environment, 'local', '--all')).toEqual({
      code: 0,
      output: `No dead letters that can be answered in ${path}.\n`,
    });
    expect(await redrive(environment, 'local', turn)).toEqual({
      code: 1,
      output: `${turn}: ${why}; it stays\n`,
    });
    expect(await store.backlog()).toEqual({ waiting: 0, deadLetters: 1 });
    await store.close();
  });
});
