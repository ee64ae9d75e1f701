import { parentPort, workerData } from 'node:worker_threads';
import { type Call, createEngine, describe, type Outcome } from './engine.ts';
import { openDatabase } from './open.ts';
import { type Depth, purge } from './purge.ts';

/**
 * The thread that owns the database. A commit waits for the disk, sometimes for long; here it holds up nobody who
 * only wants to be heard.
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
const answer = (message: FromThread) => port.postMessage(message);

try {
  const database = openDatabase((workerData as { path: string }).path);
  const run = createEngine(database);
  port.on('message', (message: ToThread) => {
    if ('calls' in message) return answer({ outcomes: run(message.calls) });
    // Between two transactions: neither of its steps can be in one.
    if ('purge' in message) return answer({ purged: purged(message.purge) });
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
  answer({ opened: true });
} catch (error) {
  answer({ unusable: (error as Error).message });
  port.close();
}
