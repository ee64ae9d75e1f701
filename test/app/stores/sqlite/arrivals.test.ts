import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Message } from '#app/domain/message.ts';
import { IDS_KEPT_MS } from '#app/domain/retention.ts';
import type { Acceptance, Backlog, Claim, Forgotten } from '#app/ports/store.ts';
import { createEngine } from '#app/stores/sqlite/engine.ts';
import { openDatabase } from '#app/stores/sqlite/open.ts';
import { temporaryFolder } from '../../../fakes/folder.ts';
import { message } from '../../../fakes/messages.ts';

/** One process that has the file open. */
class Process {
  readonly database: DatabaseSync;
  readonly run: ReturnType<typeof createEngine>;

  constructor(path: string) {
    this.database = openDatabase(path);
    this.run = createEngine(this.database);
  }

  accept(...messages: readonly Message[]): Acceptance[] {
    const outcomes = this.run(messages.map((one) => ({ name: 'accept', now: 0, values: [[one]] })));
    return outcomes.flatMap((outcome) => ('done' in outcome ? (outcome.done as Acceptance[]) : []));
  }

  outcomes(...messages: readonly Message[]): string[] {
    return this.accept(...messages).map(({ outcome }) => outcome);
  }

  claim(conversation: string): Claim {
    const [outcome] = this.run([{ name: 'claim', now: 0, values: [conversation, 10_000, 'token', 'turn'] }]);
    return (outcome as { done: Claim }).done;
  }

  waiting(): number {
    const [outcome] = this.run([{ name: 'backlog', now: 0, values: [] }]);
    return (outcome as { done: Backlog }).done.waiting;
  }

  /** The number of messages that miss in an index. */
  unindexed(table = 'ids'): unknown {
    const indexed = `SELECT arrival FROM ${table}`;
    const state = table === 'ids' ? '' : 'AND state = 0';
    return this.database
      .prepare(`SELECT count(*) AS n FROM messages WHERE arrival NOT IN (${indexed}) ${state}`)
      .get()?.n;
  }

  forgetOld(now: number): number {
    const [outcome] = this.run([{ name: 'forgetOld', now, values: [] }]);
    return (outcome as { done: Forgotten }).done.rows;
  }
}

let path: string;
let processes: Process[];
const start = (): Process => {
  const one = new Process(path);
  processes.push(one);
  return one;
};
beforeEach(() => {
  path = join(temporaryFolder(), 'test.db');
  processes = [];
});
afterEach(() => {
  for (const { database } of processes) database.close();
});

const reaction = () => message('', { content: { kind: 'silent', type: 'reaction' } });

describe('unindexed messages', () => {
  it('are indexed as waiting when waiting messages are read, and their ids are known before and after', () => {
    const store = start();
    const all = [message('a'), message('b'), reaction()];
    expect(store.outcomes(...all)).toEqual(['new', 'new', 'done']);
    expect(store.unindexed()).toBe(3);
    expect(store.outcomes(...all)).toEqual(['waiting', 'waiting', 'done']);
    expect(store.unindexed('waiting')).toBe(2);
    expect(store.waiting()).toBe(2);
    expect(store.unindexed('waiting')).toBe(0);
    expect(store.outcomes(...all)).toEqual(['waiting', 'waiting', 'done']);
  });

  it('stay unindexed during a readiness check', () => {
    const store = start();
    store.accept(message());
    expect(store.run([{ name: 'ready', now: 0, values: [] }])).toEqual([{ done: undefined }]);
    expect(store.unindexed()).toBe(1);
  });

  it('are known to every process that shares the file', () => {
    const [one, other] = [start(), start()];
    const [first, second, third] = [message(), message(), message()];
    expect(one.outcomes(first)).toEqual(['new']);
    expect(other.outcomes(first, second)).toEqual(['waiting', 'new']);
    expect(one.outcomes(first, second, third)).toEqual(['waiting', 'waiting', 'new']);
    expect(other.outcomes(third)).toEqual(['waiting']);
    expect(other.waiting()).toBe(3);
  });

  it('are found after a process was killed', () => {
    const [acceptance] = start().accept(message('a'), message('b'));
    const claim = start().claim(acceptance?.conversation ?? '');
    expect(claim).toMatchObject({ claimed: true });
    expect(claim.claimed && claim.turn.messages).toHaveLength(2);
  });

  it('are dropped when their transaction is rolled back', () => {
    const store = start();
    const all = Array.from({ length: 50 }, () => message('x'.repeat(2_000)));
    const pages = Number(store.database.prepare('PRAGMA page_count').get()?.page_count);
    store.database.exec(`PRAGMA max_page_count = ${pages + 4}`);
    expect(store.outcomes(...all)).toEqual([]);
    store.database.exec('PRAGMA max_page_count = 100000');
    expect(store.outcomes(...all)).toEqual(all.map(() => 'new'));
  });

  it('of one conversation alone are indexed when it is claimed, and are done once it is answered', () => {
    const store = start();
    const [asked, other] = [message('a'), message('b', { person: { phone: '15550000099' } })];
    const [acceptance] = store.accept(asked, other);
    const claim = store.claim(acceptance?.conversation ?? '');
    expect(store.unindexed('waiting')).toBe(1);
    const lease = (claim as Extract<Claim, { claimed: true }>).lease;
    expect(store.run([{ name: 'finish', now: 1, values: [lease] }])).toEqual([{ done: {} }]);
    expect(store.outcomes(asked, other)).toEqual(['done', 'waiting']);
    expect(store.waiting()).toBe(1);
  });

  it('are indexed in slices: no transaction writes many index rows', () => {
    const store = start();
    let indexed = 0;
    let most = 0;
    for (let from = 0; from < 9_000; from += 50) {
      store.accept(...Array.from({ length: 50 }, () => message('x')));
      const now = from + 50 - Number(store.unindexed());
      most = Math.max(most, now - indexed);
      indexed = now;
    }
    expect(indexed).toBeGreaterThanOrEqual(4_096);
    expect(most).toBeLessThanOrEqual(200);
  });

  it('are found when the last messages of the table were deleted and their places are given again', () => {
    const store = start();
    store.accept(...Array.from({ length: 20 }, reaction));
    expect(store.forgetOld(IDS_KEPT_MS + 1)).toBeGreaterThanOrEqual(20);
    const all = [message('a'), message('b')];
    store.accept(...all);
    expect(start().outcomes(...all)).toEqual(['waiting', 'waiting']);
  });

  it('are bounded in number', () => {
    const store = start();
    const flood = Array.from({ length: 10_000 }, () => message('x'));
    for (let from = 0; from < flood.length; from += 500) store.accept(...flood.slice(from, from + 500));
    expect(store.unindexed()).toBeLessThan(5_000);
    expect(new Set(store.outcomes(...flood))).toEqual(new Set(['waiting']));
    expect(store.waiting()).toBe(10_000);
  });
});
