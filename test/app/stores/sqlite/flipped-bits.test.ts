import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Message } from '#app/domain/message.ts';
import type { Claim } from '#app/ports/store.ts';
import { createEngine, errorFrom, type Outcome } from '#app/stores/sqlite/engine.ts';
import { openDatabase, unusable } from '#app/stores/sqlite/open.ts';
import { seededRandom } from '#scripts/simulator/random.ts';
import { temporaryFolder } from '../../../fakes/folder.ts';
import { message } from '../../../fakes/messages.ts';

const PEOPLE = 12;
const NOW = 1_763_800_000_000;
const SEED = Number(process.env.SEED ?? 20);
/** More of them, with other seeds, find what a short run does not. */
const FLIPS = Number(process.env.FLIPS ?? 120);

interface Expected {
  readonly texts: readonly string[];
  readonly phone: string;
  readonly reply: readonly string[];
  readonly thread: string;
}

let folder: string;
const expected = new Map<string, Expected>();

const call = (name: string, ...values: unknown[]) => ({ name, now: NOW, values }) as never;
const textOf = ({ content }: Message) => (content.kind === 'text' ? content.text : '');

/** A file with turns whose reply is written and not sent, each with further messages that wait; and its log, not yet merged. */
beforeAll(() => {
  folder = temporaryFolder();
  const path = join(folder, 'test.db');
  const database = openDatabase(path);
  const run = createEngine(database);
  for (let person = 0; person < PEOPLE; person += 1) {
    const phone = `1555000${1000 + person}`;
    const said = (text: string) => message(text, { person: { phone }, sentAt: NOW + person });
    const texts = [`question ${person} ${'of zakat '.repeat(20)}`, `and one more of ${person}`];
    const [accepted] = run([call('accept', texts.map(said))]);
    const [{ conversation = '' } = {}] = (accepted as { done: { conversation: string }[] }).done;
    const lease = { conversation, token: `token-${person}` };
    run([call('claim', conversation, 1_000, lease.token, `turn-${person}`)]);
    const reply = [`answer ${person} ${'give of it '.repeat(30)}`, `source ${person}`];
    const thread = `thread-${person}`;
    const facts = {
      thread: { id: thread, lastAt: NOW },
      language: 'en',
      questions: { month: '2025-11', count: 1 },
    };
    run([call('writeReply', lease, reply, facts)]);
    run([call('release', lease, { retryAt: 0, countAttempt: true })]);
    expected.set(conversation, { texts, phone, reply, thread });
  }
  for (const end of ['', '-wal']) copyFileSync(path + end, join(folder, `early.db${end}`));
  database.close();
});

function flip(from: string, to: string, bit: number): void {
  const bytes = readFileSync(from);
  bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  writeFileSync(to, bytes);
}

/** One flipped bit can also make the file that of a newer program, or of no known one. */
const EXPLAINED = /the file is damaged|written by a newer version|not a SQLite database/;

type Seen = 'refused at the start' | 'refused at the read' | 'right' | 'forgotten';

/** Returns what the people of the file get. Throws when that is anything else than what was stored for them. */
function seen(path: string): Seen {
  let database: DatabaseSync | undefined;
  try {
    let run: ReturnType<typeof createEngine>;
    try {
      database = openDatabase(path);
      run = createEngine(database);
    } catch (error) {
      // As `thread.ts` reports it.
      expect(unusable(path, error).message).toMatch(EXPLAINED);
      return 'refused at the start';
    }
    return seenBy(run);
  } finally {
    database?.close();
  }
}

function seenBy(run: ReturnType<typeof createEngine>): Seen {
  let worst: Seen = 'right';
  const [due] = run([call('due', 1_000, 0, 1_000)]);
  if (due === undefined || 'failed' in due) return refused(due);
  for (const [id, { texts, phone, reply, thread }] of expected) {
    // Some bits are those of a lease or a delay: it ends.
    const [outcome] = run([
      { ...(call('claim', id, 1, 'token', 'turn-new') as object), now: NOW * 4 } as never,
    ]);
    if (outcome === undefined || 'failed' in outcome) {
      worst = refused(outcome);
      continue;
    }
    const claim = outcome.done as Claim;
    if (!claim.claimed) {
      worst = 'forgotten';
      continue;
    }
    const { conversation, turn } = claim;
    expect(conversation.person.phone).toBe(phone);
    expect(conversation.thread?.id).toBe(thread);
    for (const text of turn.messages.map(textOf)) expect(texts).toContain(text);
    for (const { text } of turn.parts ?? []) expect(reply).toContain(text);
    if (turn.messages.length < texts.length || turn.parts?.length !== reply.length) worst = 'forgotten';
  }
  return worst;
}

/** The error says what is wrong, and raises an alarm or names the row. */
function refused(outcome: Outcome | undefined): Seen {
  if (outcome === undefined || !('failed' in outcome)) throw new Error('no outcome');
  const error = errorFrom(outcome);
  expect(String(error)).toMatch(/damaged|malformed|which is not there|JSON/);
  return 'refused at the read';
}

function outcomes(
  bits: number,
  count: number,
  prepare: (path: string, bit: number) => void,
): Map<Seen, number[]> {
  const random = seededRandom(SEED);
  const path = join(folder, 'flipped.db');
  const found = new Map<Seen, number[]>();
  for (let round = 0; round < count; round += 1) {
    const bit = Math.floor(random() * bits);
    prepare(path, bit);
    const outcome = seen(path);
    found.set(outcome, [...(found.get(outcome) ?? []), bit]);
  }
  return found;
}

const bitsOf = (path: string) => readFileSync(path).length * 8;
describe('a single flipped bit', () => {
  it('anywhere in the file leads to the right texts or to an error, never to another text', () => {
    const path = join(folder, 'test.db');
    expect(existsSync(`${path}-wal`)).toBe(false);
    const found = outcomes(bitsOf(path), FLIPS, (to, bit) => flip(path, to, bit));
    expect(found.get('forgotten') ?? []).toEqual([]);
    expect(found.get('refused at the start')?.length).toBeGreaterThan(FLIPS / 20);
    expect(found.get('refused at the read')?.length).toBeGreaterThan(FLIPS / 50);
  });

  it('in the log is found at the start, unless it could be the end of a torn one', () => {
    const path = join(folder, 'early.db');
    const bits = bitsOf(`${path}-wal`);
    const found = outcomes(bits, FLIPS / 2, (to, bit) => {
      copyFileSync(path, to);
      flip(`${path}-wal`, `${to}-wal`, bit);
    });
    expect(found.get('refused at the start')?.length).toBeGreaterThan(FLIPS / 4);
    // The last two of all commits.
    for (const bit of found.get('forgotten') ?? []) expect(bit).toBeGreaterThan(bits * 0.9);
  });
});
