import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { Unavailable } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ConversationStore } from '../../ports/store.ts';
import { createBatch } from './batch.ts';
import { errorFrom, type Outcome } from './engine.ts';
import { UnusableDatabase } from './open.ts';
import { type Depth, sizeOf } from './purge.ts';
import { searchFiles } from './search.ts';
import type { FromThread, ToThread } from './thread.ts';

interface SqliteStoreOptions {
  /** Created when absent, with its folder; mode 0600. */
  readonly path: string;
  readonly clock: Clock;
  readonly newId: () => string;
  /** How long a call may be queued before it fails as `Unavailable`. */
  readonly patienceMs?: number;
}

/**
 * How often `forgetOld` also rewrites the file, and up to which size: a rewrite takes a second per hundred megabytes and
 * blocks all calls.
 */
const REWRITE_EVERY_MS = 24 * 60 * 60 * 1000;
const MAX_REWRITTEN_BYTES = 64 * 1024 * 1024;

/** In this folder as source, beside the bundle when bundled. */
const THREAD = import.meta.url.endsWith('.ts') ? './thread.ts' : './sqlite-thread.js';

const CLOSED = 'store: the database is closed';

/**
 * The store on one machine: a file that several processes may share. Resolves when the file is open and checked. Throws
 * `UnusableDatabase`, whose message says what to do. A later error that ends the database's thread ends the process: it
 * could not store anything, and everything stored is on disk.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<ConversationStore> {
  const { path, clock, newId, patienceMs = 5_000 } = options;
  const thread = new Worker(new URL(THREAD, import.meta.url), { workerData: { path } });
  const post = (message: ToThread) => thread.postMessage(message);
  const batch = createBatch({ clock, patienceMs, write: (calls) => post({ calls }) });

  const [first] = (await once(thread, 'message')) as [FromThread];
  if ('unusable' in first) throw new UnusableDatabase(first.unusable);
  const purging: ((outcome: Outcome) => void)[] = [];
  let hasEnded = false;
  thread.on('message', (message: FromThread) => {
    if ('outcomes' in message) batch.settle(message.outcomes);
    if ('purged' in message) purging.shift()?.(message.purged);
  });
  // The thread's errors have no listener, so an error ends this process; a restart starts the thread again.
  thread.on('exit', () => {
    hasEnded = true;
    batch.fail(new Unavailable(CLOSED, { scope: 'app', code: 'store' }));
    for (const settle of purging.splice(0)) settle({ failed: 'Unavailable', message: CLOSED });
  });

  /** Runs after the calls that were already sent to the thread. */
  async function purge(depth: Depth): Promise<boolean> {
    if (hasEnded) throw new Unavailable(CLOSED, { scope: 'app', code: 'store' });
    const outcome = await new Promise<Outcome>((settle) => {
      purging.push(settle);
      post({ purge: depth });
    });
    if ('failed' in outcome) throw errorFrom(outcome);
    return outcome.done === true;
  }

  let rewrittenAt = -Infinity;
  /** The next `forgetOld` repeats a failed purge. */
  async function purgeAfterDeleting(): Promise<void> {
    const isTime = clock.now() - rewrittenAt >= REWRITE_EVERY_MS;
    const due = isTime && sizeOf(path) <= MAX_REWRITTEN_BYTES;
    const done = await purge(due ? 'file' : 'log');
    if (due && done) rewrittenAt = clock.now();
  }

  return {
    accept: (messages) => batch.call('accept', messages),
    recordStatuses: (statuses) => batch.call('recordStatuses', statuses),
    claim: (id, leaseMs) => batch.call('claim', id, leaseMs, newId(), newId()),
    renew: (lease, leaseMs) => batch.call('renew', lease, leaseMs),
    remember: (lease, facts) => batch.call('remember', lease, facts),
    writeReply: (lease, texts, facts, usage) => batch.call('writeReply', lease, texts, facts, usage),
    quoted: (lease, platformId) => batch.call('quoted', lease, platformId),
    markSending: (lease, key) => batch.call('markSending', lease, key),
    markSent: (lease, key, platformId) => batch.call('markSent', lease, key, platformId),
    markUnsent: (lease, key) => batch.call('markUnsent', lease, key),
    parts: (lease) => batch.call('parts', lease),
    finish: (lease) => batch.call('finish', lease),
    release: (lease, release) => batch.call('release', lease, release),
    giveUp: (lease, reason, apology) => batch.call('giveUp', lease, reason, apology),
    due: (limit, olderThanMs, perBusiness = limit) => batch.call('due', limit, olderThanMs, perBusiness),
    backlog: () => batch.call('backlog'),
    deadLetters: (limit) => batch.call('deadLetters', limit),
    deadLetter: (turnId) => batch.call('deadLetter', turnId),
    deadLetterTexts: (turnId) => batch.call('deadLetterTexts', turnId),
    redrive: (turnId) => batch.call('redrive', turnId),
    drop: (turnId) => batch.call('drop', turnId),
    async forgetOld() {
      const forgotten = await batch.call('forgetOld');
      await purgeAfterDeleting();
      return forgotten;
    },
    costs: (month) => batch.call('costs', month),
    tokens: (month) => batch.call('tokens', month),
    conversations: (limit) => batch.call('conversations', limit),
    conversation: (id) => batch.call('conversation', id),
    conversationsOf: (identity) => batch.call('conversationsOf', identity),
    erase: (identity) => batch.call('erase', identity),
    oldestTexts: () => batch.call('oldestTexts'),
    purge: () => purge('file'),
    search: (identities) => searchFiles(path, identities),

    ready: () => batch.call('ready'),

    async close() {
      await batch.idle();
      const exited = once(thread, 'exit');
      post({ close: true });
      await exited;
    },
  };
}
