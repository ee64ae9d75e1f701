import { parentPort, workerData } from 'node:worker_threads';
import { checkpointing } from './checkpoint.ts';
import { type Call, createEngine, describe, type Outcome } from './engine.ts';
import { openDatabase, unusable } from './open.ts';
import { type Depth, purge } from './purge.ts';

/**
 * The thread that owns the database. A commit waits for the disk, sometimes for long; in this thread it does not block the
 * event loop of the web service.
 */

export type ToThread =
  | { readonly calls: readonly Call[] }
  | { readonly purge: Depth }
  | { readonly close: true };
export type FromThread =
  | { readonly opened: true }
  | { readonly unusable: string }
  | { readonly outcomes: readonly Outcome[] }
  | { readonly purged: Outcome };

const port = parentPort;
if (port === null) throw new Error('this file is started by store.ts as a worker thread');
const post = (message: FromThread) => port.postMessage(message);

const { path } = workerData as { readonly path: string };

try {
  const database = openDatabase(path);
  const run = createEngine(database);
  const checkpoint = checkpointing(database);
  port.on('message', (message: ToThread) => {
    if ('calls' in message) {
      post({ outcomes: run(message.calls) });
      return checkpoint(message.calls.length);
    }
    // Between two transactions: the steps of a purge cannot run in one.
    if ('purge' in message) return post({ purged: purged(message.purge) });
    database.close();
    port.close();
  });

  function purged(depth: Depth): Outcome {
    try {
      return { done: purge(database, depth) };
    } catch (error) {
      return describe(error);
    }
  }
  post({ opened: true });
} catch (error) {
  post({ unusable: unusable(path, error).message });
  port.close();
}
