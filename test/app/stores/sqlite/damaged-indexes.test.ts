import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Acceptance } from '#app/ports/store.ts';
import { createEngine, type OperationName, type Outcome } from '#app/stores/sqlite/engine.ts';
import { openDatabase } from '#app/stores/sqlite/open.ts';
import { temporaryFolder } from '../../../fakes/folder.ts';
import { message } from '../../../fakes/messages.ts';

let path: string;
let database: DatabaseSync;
let run: (name: OperationName, ...values: unknown[]) => Outcome | undefined;
const conversations: string[] = [];

/** Two people: each has one message in an open turn and one that waits. */
beforeEach(() => {
  path = join(temporaryFolder(), 'test.db');
  database = openDatabase(path);
  const engine = createEngine(database);
  run = (name, ...values) => engine([{ name, now: 1_000, values }])[0];
  for (const [at, phone] of ['15550000001', '15550000002'].entries()) {
    const said = (text: string) => message(text, { id: `wamid.${text}-${phone}`, person: { phone } });
    const accepted = run('accept', [said('first')]) as { done: Acceptance[] };
    conversations[at] = accepted.done[0]?.conversation ?? '';
    run('claim', conversations[at], 1, `token-${at}`, `turn-${at}`);
    run('accept', [said('next')]);
  }
  // Indexes everything.
  run('forgetOld');
});

afterEach(() => {
  if (database.isOpen) database.close();
});

const lease = (person: number) => ({ conversation: conversations[person], token: `token-${person}` });
const oneOf = (table: string) => `arrival = (SELECT max(arrival) FROM ${table})`;

describe('a file whose indexes of messages do not agree with the messages', () => {
  it.each([
    ['how far messages are indexed', 'DELETE FROM indexed'],
    ['the index of ids misses a message', `DELETE FROM ids WHERE ${oneOf('ids')}`],
    ['the index of ids misses a message', `UPDATE ids SET id = zeroblob(16) WHERE ${oneOf('ids')}`],
    ['the index of ids has an entry of no message', 'INSERT INTO ids VALUES (zeroblob(16), 99)'],
    ['a waiting message is not in the list of what waits', `DELETE FROM waiting WHERE ${oneOf('waiting')}`],
    [
      'the list of what waits has a message that does not wait',
      `INSERT INTO waiting SELECT conversation, sent_at, arrival, received_at FROM messages WHERE turn = 'turn-0'`,
    ],
  ])('is refused: %s (%s)', (what, sql) => {
    openDatabase(path).close();
    database.exec(sql);
    expect(() => openDatabase(path)).toThrow(`(${what})`);
  });

  it('is not refused for messages that are in neither yet', () => {
    run('accept', [message('one more'), message('')]);
    openDatabase(path).close();
  });

  it('gives nobody the message of somebody else', () => {
    expect(run('finish', lease(0))).toMatchObject({ done: { waitingSince: 1_000 } });
    database
      .prepare(
        'UPDATE waiting SET arrival = (SELECT arrival FROM waiting WHERE conversation = ?) WHERE conversation = ?',
      )
      .run(conversations[1] ?? '', conversations[0] ?? '');
    expect(run('claim', conversations[0], 1, 'token-new', 'turn-new')).toMatchObject({
      failed: 'Damaged',
      message: expect.stringContaining(`the list of what waits in the conversation ${conversations[0]}`),
    });
    expect(run('finish', lease(1))).toMatchObject({ done: {} });
    expect(run('claim', conversations[1], 1, 'token-new', 'turn-1-new')).toMatchObject({
      done: { turn: { messages: [{ id: 'wamid.next-15550000002' }] } },
    });
  });

  it('answers no redelivery by another message', () => {
    database.exec('UPDATE ids SET arrival = iif(arrival = 1, 2, arrival) WHERE arrival IN (1, 2)');
    const again = message('first', { id: 'wamid.first-15550000001', person: { phone: '15550000001' } });
    expect(run('accept', [again])).toMatchObject({
      failed: 'Damaged',
      message: expect.stringContaining('the index of messages at the place 2'),
    });
  });
});

describe('a text', () => {
  it('of a dead letter is not shown when it is not what was stored', () => {
    run('giveUp', lease(0), 'rejected', ['an apology']);
    run('finish', lease(0));
    expect(run('deadLetterTexts', 'turn-0')).toMatchObject({ done: { parts: [{ text: 'an apology' }] } });
    database.exec("UPDATE parts SET text = 'another' WHERE turn = 'turn-0'");
    expect(run('deadLetterTexts', 'turn-0')).toMatchObject({ failed: 'Damaged' });
    expect(run('deadLetter', 'turn-0')).toMatchObject({ failed: 'Damaged' });
    database.exec("UPDATE parts SET text = 'an apology' WHERE turn = 'turn-0'");
    database.exec("UPDATE messages SET message = replace(message, 'first', 'last') WHERE turn = 'turn-0'");
    expect(run('deadLetterTexts', 'turn-0')).toMatchObject({ failed: 'Damaged' });
  });

  it('that is deleted leaves no checksum, by which it could be guessed', () => {
    const left = () => database.prepare('SELECT count(checksum) AS n FROM messages').get()?.n;
    expect(left()).toBe(4);
    run('finish', lease(0));
    expect(left()).toBe(3);
    run('giveUp', lease(1), 'rejected', []);
    run('finish', lease(1));
    run('drop', 'turn-1');
    expect(left()).toBe(2);
    run('erase', '15550000001');
    run('erase', '15550000002');
    expect(left()).toBe(0);
  });
});

it('what waits stays listed once through a dead letter that is requeued, dropped or erased', () => {
  const listed = () => database.prepare('SELECT conversation FROM waiting ORDER BY arrival').all();
  for (const person of [0, 1]) {
    run('giveUp', lease(person), 'rejected', []);
    run('finish', lease(person));
  }
  expect(listed()).toHaveLength(2);
  expect(run('redrive', 'turn-0')).toEqual({ done: conversations[0] });
  expect(listed()).toHaveLength(3);
  expect(run('drop', 'turn-1')).toEqual({ done: conversations[1] });
  expect(listed()).toHaveLength(3);
  openDatabase(path).close();
  expect(run('claim', conversations[0], 1, 'token-new', 'turn-new')).toMatchObject({
    done: { turn: { messages: [{ id: 'wamid.first-15550000001' }, { id: 'wamid.next-15550000001' }] } },
  });
  expect(run('erase', '15550000002')).toMatchObject({ done: { messages: 2 } });
  expect(listed()).toEqual([]);
  openDatabase(path).close();
});
