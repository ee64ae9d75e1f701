import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import type { Acceptance } from '#app/ports/store.ts';
import { createEngine } from '#app/stores/sqlite/engine.ts';
import { openDatabase } from '#app/stores/sqlite/open.ts';
import { temporaryFolder } from '../../../fakes/folder.ts';
import { message, status } from '../../../fakes/messages.ts';

const LATER = 1_763_800_000_000;
const PRICE = { billable: false, category: 'service', country: 'PK' };

/** The tables and indexes, without differences of white space and quotes. */
function tablesOf(database: DatabaseSync): unknown[] {
  return database
    .prepare("SELECT type, name, tbl_name, replace(sql, ' ', '') AS sql FROM sqlite_master ORDER BY name")
    .all()
    .map((row) => ({ ...row, sql: String(row.sql).replaceAll(/\s|"/g, '') }));
}

describe.each([1, 2, 6, 7, 8, 9])('a file of schema %i', (schema) => {
  it('is migrated, and its work continues', () => {
    const path = join(temporaryFolder(), 'test.db');
    const old = new DatabaseSync(path);
    const fixture = join(import.meta.dirname, `../../../fixtures/sqlite/schema-${schema}.sql`);
    old.exec(readFileSync(fixture, 'utf8'));
    old.close();

    const database = openDatabase(path);
    const fresh = openDatabase(':memory:');
    expect(tablesOf(database)).toEqual(tablesOf(fresh));
    fresh.close();

    const run = createEngine(database);
    const accept = (id: string, phone: string) => ({
      name: 'accept' as const,
      now: LATER,
      values: [[message('once more', { id, number: '100000000000001', sentAt: LATER, person: { phone } })]],
    });
    const accepted = run([
      accept('wamid.answered', '15550000001'),
      accept('wamid.waiting', '15550000001'),
      accept('wamid.taken', '15550000002'),
      accept('wamid.new', '15550000001'),
      accept('wamid.stranger', '15550000009'),
    ]).flatMap((outcome) => ('done' in outcome ? (outcome.done as Acceptance[]) : []));
    expect(accepted.map(({ outcome }) => outcome)).toEqual(['done', 'waiting', 'waiting', 'new', 'new']);
    const [, waiting, claimed, next, stranger] = accepted.map(({ conversation }) => conversation);
    expect(next).toBe(waiting);
    // The number of a person who has moved since, in one file; of an unknown person, in the other.
    expect(stranger).not.toBe(waiting);
    expect([waiting, claimed]).not.toContain('th4HiPufKQJNE0Aip6jYLB');
    const claim = (conversation = '') => ({
      name: 'claim' as const,
      now: LATER,
      values: [conversation, 1_000, 'token-3', 'turn-3'],
    });
    expect(run([claim(waiting), claim(claimed)])).toMatchObject([
      { done: { turn: { id: 'turn-3', messages: [{ id: 'wamid.waiting' }, { id: 'wamid.new' }] } } },
      { done: { turn: { id: 'turn-2', attempt: 2, messages: [{ id: 'wamid.taken' }] } } },
    ]);
    // A person of before has no standing, and gets one.
    const lease = { conversation: waiting, token: 'token-3' };
    const standing = { optedOutAt: LATER, inboundAt: LATER };
    const usage = { inputTokens: 7, outputTokens: 8 };
    const facts = { standing, thread: { id: 't', lastAt: LATER, questions: 1 } };
    run([{ name: 'writeReply', now: LATER, values: [lease, ['an answer'], facts, usage] }]);
    run([{ name: 'markSent', now: LATER, values: [lease, 'turn-3.0', 'wamid.of-3'] }]);
    expect(
      run([
        { name: 'conversation', now: LATER, values: [claimed] },
        { name: 'conversation', now: LATER, values: [waiting] },
        { name: 'quoted', now: LATER, values: [lease, 'wamid.of-3'] },
        { name: 'tokens', now: LATER, values: ['2025-11'] },
      ]),
    ).toMatchObject([
      { done: { conversation: expect.not.objectContaining({ standing: expect.anything() }) } },
      { done: { conversation: { standing } } },
      { done: { position: 0, thread: { id: 't', question: 1 } } },
      { done: [{ business: 'env', answers: 1, ...usage }] },
    ]);
    // What was delivered before is not counted; what is told from now on is.
    const [recorded] = run([
      {
        name: 'recordStatuses',
        now: LATER,
        values: [[status('turn-1.0', 'read', { at: LATER, pricing: PRICE }), status('turn-1.0', 'played')]],
      },
    ]);
    expect(recorded).toMatchObject({ done: { priced: [PRICE], unknownParts: [] } });
    expect(run([{ name: 'costs', now: LATER, values: ['2025-11'] }])).toMatchObject([
      { done: [{ ...PRICE, parts: 1 }] },
    ]);
    database.close();
    openDatabase(path).close();
  });
});
