import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { Unavailable } from '../../conversation/errors.ts';
import type { Clock, ConversationStore } from '../../ports.ts';
import { createBatch } from './batch.ts';
import { UnusableDatabase } from './open.ts';
import type { FromThread, ToThread } from './thread.ts';

interface SqliteStoreOptions {
  /** Created when absent, with its folder; mode 0600. */
  readonly path: string;
  readonly clock: Clock;
  readonly newId: () => string;
  /** How long a call may wait for its turn before it fails as `Unavailable`. */
  readonly patienceMs?: number;
}

/** Beside this file as source, beside the bundle when bundled. */
const THREAD = import.meta.url.endsWith('.ts') ? './thread.ts' : './sqlite-thread.js';

/**
 * The store on one machine: a file that several processes may share. Resolves when the file is open and checked.
 * Throws `UnusableDatabase`, whose message says what to do. An error that ends the database's thread later ends the
 * process: nothing could be stored any more, and everything that was is on disk.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<ConversationStore> {
  const { path, clock, newId, patienceMs = 5_000 } = options;
  const thread = new Worker(new URL(THREAD, import.meta.url), { workerData: { path } });
  const tell = (message: ToThread) => thread.postMessage(message);
  const batch = createBatch({ clock, patienceMs, write: (calls) => tell({ calls }) });

  const [first] = (await once(thread, 'message')) as [FromThread];
  if ('unusable' in first) throw new UnusableDatabase(first.unusable);
  thread.on('message', (message: FromThread) => {
    if ('outcomes' in message) batch.settle(message.outcomes);
  });
  // Nobody listens for its errors, so one ends this process: what starts it again also starts the thread again.
  thread.on('exit', () =>
    batch.fail(new Unavailable('store: the database is closed', { scope: 'app', code: 'store' })),
  );

  return {
    accept: (messages) => batch.call('accept', messages),
    recordStatuses: (statuses) => batch.call('recordStatuses', statuses),
    claim: (id, leaseMs) => batch.call('claim', id, leaseMs, newId(), newId()),
    renew: (lease, leaseMs) => batch.call('renew', lease, leaseMs),
    remember: (lease, facts) => batch.call('remember', lease, facts),
    writeReply: (lease, texts, facts) => batch.call('writeReply', lease, texts, facts),
    markSending: (lease, key) => batch.call('markSending', lease, key),
    markSent: (lease, key, platformId) => batch.call('markSent', lease, key, platformId),
    markUnsent: (lease, key) => batch.call('markUnsent', lease, key),
    parts: (lease) => batch.call('parts', lease),
    finish: (lease) => batch.call('finish', lease),
    release: (lease, release) => batch.call('release', lease, release),
    bury: (lease, reason, apology) => batch.call('bury', lease, reason, apology),
    due: (limit, olderThanMs) => batch.call('due', limit, olderThanMs),
    backlog: () => batch.call('backlog'),
    deadLetters: (limit) => batch.call('deadLetters', limit),
    redrive: (turnId) => batch.call('redrive', turnId),
    forgetOld: () => batch.call('forgetOld'),
    erase: (identity) => batch.call('erase', identity),

    ready: () => batch.call('ready'),

    async close() {
      await batch.idle();
      const exited = once(thread, 'exit');
      tell({ close: true });
      await exited;
    },
  };
}
