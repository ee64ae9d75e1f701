import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Message } from '#app/domain/message.ts';
import type { Acceptance, Backlog, Claim } from '#app/ports/store.ts';
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

  /** The number of messages in no index. */
  unindexed(): unknown {
    return this.database.prepare('SELECT count(*) AS n FROM messages WHERE state < 0').get()?.n;
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
  it('are indexed when waiting messages are read, and their ids are known before and after', () => {
    const store = start();
    const all = [message('a'), message('b'), reaction()];
    expect(store.outcomes(...all)).toEqual(['new', 'new', 'done']);
    expect(store.unindexed()).toBe(3);
    expect(store.outcomes(...all)).toEqual(['waiting', 'waiting', 'done']);
    expect(store.waiting()).toBe(2);
    expect(store.unindexed()).toBe(0);
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
    expect(new Set(store.outcomes(...all))).toEqual(new Set(['new']));
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
