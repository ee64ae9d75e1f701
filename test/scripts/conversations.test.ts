import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Facts, Standing } from '#app/domain/conversation.ts';
import type { Person } from '#app/domain/message.ts';
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

const HOUR = 60 * 60 * 1000;
const NOW = clock.now();
const SECRET = 'a secret question';
const REASON = 'asks for a refund,\n\u001b[2Jnot for a machine';
const HANDED_OFF: Standing = {
  handOff: { by: 'assistant', since: NOW, until: NOW + HOUR, reason: REASON },
  inboundAt: NOW,
};
const PERSON = [AISHA.phone, AISHA.userId, BILAL.phone, SECRET, 'an answer'];
const iso = (at: number) => new Date(at).toISOString();

/** A folder without a `.env`. */
const folder = temporaryFolder();
const conversations = (environment: Readonly<Record<string, string>>, ...args: readonly string[]) =>
  runProgram('scripts/conversations.ts', environment, args, folder).ended;

async function openLocal() {
  const path = join(temporaryFolder(), 'app.db');
  const store = await openSqliteStore({ path, clock, newId: randomUUID });
  return { store, path, run: (...args: readonly string[]) => conversations({ SQLITE_PATH: path }, ...args) };
}

/** Answers a question of the person. Resolves to the conversation. */
async function answer(store: ConversationStore, person: Person, facts: Facts): Promise<string> {
  const [accepted] = await store.accept([message(SECRET, { person })]);
  const claim = await store.claim(accepted?.conversation ?? '', 60_000);
  if (!claim.claimed) throw new Error('not claimed');
  const [{ key = '' } = {}] = await store.writeReply(claim.lease, ['an answer'], facts);
  await store.markSending(claim.lease, key);
  await store.markSent(claim.lease, key, `wamid.of-${key}`);
  await store.finish(claim.lease);
  return claim.lease.conversation;
}

describe('npm run conversations -- list', () => {
  it('says what waits, in which state and why, without a text or a number', async () => {
    const { store, path, run } = await openLocal();
    expect(await run('list')).toEqual({ code: 0, output: `Nothing waits in ${path}.\n` });
    const handedOff = await answer(store, AISHA, { standing: HANDED_OFF });
    const optedOut = await answer(store, { phone: '15550003333' }, { standing: { optedOutAt: NOW } });
    const [failing] = await store.accept([message(SECRET, { person: BILAL })]);
    const claim = await store.claim(failing?.conversation ?? '', 60_000);
    if (!claim.claimed) throw new Error('not claimed');
    const retryAt = clock.now() + HOUR;
    await store.release(claim.lease, { retryAt, countAttempt: true });
    await store.accept([message(SECRET, { person: BILAL })]);
    const since = (await store.conversation(claim.lease.conversation))?.waitingSince ?? 0;

    const { code, output } = await run('list', 'local');
    const lines = output.trimEnd().split('\n');
    const until = iso(NOW + HOUR);
    const open = `1 message(s) in an open turn, 1 attempt(s); next attempt at ${iso(retryAt)}`;
    expect({ code, lines: lines.map((line) => line.replace(/ {2}\d{4}-\S+Z {2}/, ' ')) }).toEqual({
      code: 0,
      lines: [
        `${handedOff}  handed_off handed off by the assistant from ${iso(NOW)} until ${until}: asks for a refund, [2Jnot for a machine`,
        `${optedOut}  opted_out opted out at ${iso(NOW)}`,
        `${failing?.conversation}  retry ${open}; 1 message(s) wait since ${iso(since)}`,
      ],
    });
    for (const own of PERSON) expect(output).not.toContain(own);
    const limited = await run('list', '--limit', '1');
    expect(limited.output).toContain('There may be more');
    expect(limited.output).not.toContain(optedOut);
    await store.close();
  });

  it('of a stack is JSON for other programs, with dead letters', async () => {
    const { store, environment } = await createStackResources('staging', dynamoDb, sqs);
    const [accepted] = await store.accept([message(SECRET)]);
    const claim = await store.claim(accepted?.conversation ?? '', 60_000);
    if (!claim.claimed) throw new Error('not claimed');
    await store.giveUp(claim.lease, 'refused: 131047', []);
    await store.finish(claim.lease);
    const { code, output } = await conversations(environment, 'list', 'staging', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(output)).toMatchObject({
      conversations: [
        {
          ...{ id: accepted?.conversation, status: 'failed', business: 'env', waiting: 0 },
          person: { phone: '***111', userId: '***918' },
          turn: { isOpen: false, messages: 1, gaveUpReason: 'refused: 131047', parts: [] },
          deadLetter: { turnId: claim.turn.id, reason: 'refused: 131047' },
        },
      ],
    });
    for (const own of PERSON) expect(output).not.toContain(own);
  });
});

describe('npm run conversations -- show', () => {
  it('shows the turn, its parts and the thread, and the identity that was asked for', async () => {
    const { store, run } = await openLocal();
    const thread = { id: 'thread-1', lastAt: NOW, questions: 2 };
    const id = await answer(store, AISHA, { standing: HANDED_OFF, thread, language: 'ar' });
    const byId = await run('show', id);
    expect(byId.code).toBe(0);
    const expected = [
      `conversation  ${id}`,
      'status        handed_off',
      'number        meta 100000000000001',
      'language      ar',
      `person wrote  ${iso(NOW)}`,
      `thread        last used ${iso(NOW)}, 2 question(s)`,
    ];
    for (const line of expected) expect(byId.output.split('\n')).toContain(line);
    expect(byId.output).toMatch(/^turn {10}\S+, ended, 1 attempt\(s\)$/m);
    expect(byId.output).toMatch(/^part {10}\S+\.0 {2}sent {2}tried \S+Z$/m);
    expect(byId.output).toContain('person        ***111, ***918\n');
    for (const own of PERSON) expect(byId.output).not.toContain(own);

    const byPhone = await run('show', '+1 (555) 000-1111');
    expect(byPhone.output).toBe(byId.output.replace('***111', AISHA.phone ?? ''));
    const byUserId = await run('show', AISHA.userId ?? '', 'local', '--json');
    expect(JSON.parse(byUserId.output)).toMatchObject({
      conversations: [{ id, status: 'handed_off', person: { phone: '***111', userId: AISHA.userId } }],
    });
    expect(byUserId.output).not.toContain(SECRET);
    await store.close();
  });

  it('does not repeat a number that nobody has', async () => {
    const { store, path, run } = await openLocal();
    expect(await run('show', BILAL.phone ?? '')).toEqual({
      code: 1,
      output: `There is no such conversation, and no such person, in ${path}.\n`,
    });
    await store.close();
  });
});

describe('npm run conversations -- resume', () => {
  it('stores a request that the next turn takes, and leaves it to the running service', async () => {
    const { store, run } = await openLocal();
    const id = await answer(store, AISHA, { standing: HANDED_OFF });
    expect(await run('resume', AISHA.phone ?? '')).toEqual({
      code: 0,
      output: `${id}: stored; the running service resumes it within seconds. The assistant answers the next message\n`,
    });
    expect(await store.due(10, 0)).toEqual([id]);
    const claim = await store.claim(id, 60_000);
    if (!claim.claimed) throw new Error('not claimed');
    expect(claim.turn.messages).toMatchObject([{ content: { kind: 'resume' }, person: AISHA }]);
    await store.writeReply(claim.lease, [], { standing: { inboundAt: NOW } });
    await store.finish(claim.lease);
    expect(await run('resume', id)).toEqual({
      code: 0,
      output: `${id}: is not handed off: the assistant answers already\n`,
    });
    expect(await store.due(10, 0)).toEqual([]);
    await store.close();
  });

  it('of a stack wakes the worker, for the named conversation only', async () => {
    const { store, wakeUps, environment } = await createStackResources('production', dynamoDb, sqs);
    const id = await answer(store, AISHA, { standing: HANDED_OFF });
    const other = await answer(store, BILAL, { standing: HANDED_OFF });
    const { code, output } = await conversations(environment, 'resume', id, 'production', '--json');
    expect({ code, output: JSON.parse(output) }).toEqual({
      code: 0,
      output: { conversations: [{ id, outcome: 'resumed' }] },
    });
    expect(await wakeUps.take(1)).toEqual([JSON.stringify({ conversation: id })]);
    expect((await store.conversation(id))?.waiting).toBe(1);
    expect((await store.conversation(other))?.waiting).toBe(0);
  });

  it('says when the person has moved to another conversation', async () => {
    const { store, run } = await openLocal();
    const [phone, userId] = ['15550008888', 'US.8'];
    const id = await answer(store, { phone }, { standing: HANDED_OFF });
    // The number goes to somebody who had another one.
    for (const person of [
      { phone: '15550009999', userId },
      { phone, userId },
    ]) {
      await store.accept([message('?', { person, sentAt: clock.now() })]);
    }
    expect(await run('resume', id)).toEqual({
      code: 1,
      output: `${id}: cannot be resumed: its phone number and user id belong to another conversation, or to none\n`,
    });
    expect((await store.conversation(id))?.waiting).toBe(0);
    await store.close();
  });
});

describe('a wrong call', () => {
  it.each([
    [[], 'Name a subcommand: list, show, trace, resume'],
    [['trash'], 'No subcommand `trash`'],
    [['list', 'moon'], '`moon` is no store'],
    [['list', '--limit', '0'], '--limit is a whole number from 1 to 1000.'],
    [['show', 'staging'], 'Name one conversation or person'],
    [['resume', '15550001111', 'moon'], 'Name one conversation or person'],
    [['resume'], 'Name one conversation or person'],
  ])('%j is refused', async (args, sentence) => {
    expect(await conversations({}, ...args)).toMatchObject({
      code: 2,
      output: expect.stringContaining(sentence),
    });
  });

  it.each([[], ['list'], ['show'], ['resume']])('has help: %s', async (...args) => {
    const { code, output } = await conversations({}, ...args, '--help');
    expect({ code, output }).toEqual({
      code: 0,
      output: expect.stringMatching(/^Usage: npm run conversations -- /),
    });
  });
});

describe('npm run conversations -- erase', () => {
  it('deletes the person of a conversation, and proves it', { timeout: 60_000 }, async () => {
    const { store, path, run } = await openLocal();
    const conversation = await answer(store, AISHA, {});
    await answer(store, BILAL, {});
    const { code, output } = await run('erase', conversation, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(output)).toMatchObject({
      ...{ store: path, person: '***111', complete: true },
      deleted: { conversations: 1, messages: 1, parts: 1, identities: 2 },
    });
    expect(await store.conversationsOf(AISHA.phone ?? '')).toEqual([]);
    expect(await store.conversationsOf(BILAL.phone ?? '')).toHaveLength(1);
    expect(await run('erase', 'staging')).toMatchObject({ code: 2 });
    await store.close();
  });
});

describe('npm run conversations -- retention', () => {
  const OLD = { kind: 'replies', ageDays: 20, keptDays: 7, overdue: true };

  it('tells how old texts are, and deletes what is past its time with --now', {
    timeout: 60_000,
  }, async () => {
    const path = join(temporaryFolder(), 'app.db');
    const past = { ...clock, now: () => clock.now() - 20 * 24 * HOUR };
    const old = await openSqliteStore({ path, clock: past, newId: randomUUID });
    await answer(old, AISHA, {});
    await old.close();
    const store = await openSqliteStore({ path, clock, newId: randomUUID });
    await store.accept([message(SECRET, { person: BILAL })]);
    const run = (...args: readonly string[]) => conversations({ SQLITE_PATH: path }, 'retention', ...args);

    const before = await run('--json');
    expect(before.code).toBe(1);
    expect(JSON.parse(before.output)).toMatchObject({
      texts: [
        { kind: 'messages', ageDays: 0, keptDays: null, overdue: false },
        { kind: 'dead letters', oldestAt: null, keptDays: 14, overdue: false },
        OLD,
        { kind: 'edits', oldestAt: null, overdue: false },
      ],
    });
    const { code, output } = await run('--now');
    expect(code).toBe(0);
    expect(output).toMatch(/^Deleted in \S+: 1 text\(s\), [1-9]\d* other record\(s\)\.$/m);
    expect(output).toMatch(/^replies +none +7 days$/m);
    expect(output).toMatch(/^messages +\S+Z +0 {2}until it is answered$/m);
    expect((await store.search(['an answer'])).found).toEqual([]);
    expect((await store.search([SECRET])).found).not.toEqual([]);
    await store.close();
  });

  it('reads the tables of a stack', { timeout: 60_000 }, async () => {
    const { store, environment } = await createStackResources('staging', dynamoDb, sqs);
    await answer(store, AISHA, {});
    const { code, output } = await conversations(environment, 'retention', 'staging', '--now', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(output)).toMatchObject({
      ...{ store: 'staging', deleted: { texts: 0, rows: 0 } },
      texts: [{ oldestAt: null }, { oldestAt: null }, { kind: 'replies', ageDays: 0 }, { oldestAt: null }],
    });
  });
});
