/** The configured store. The web service opens it here, and so do the commands of the operator (`redrive`, `erase`, `conversations`). */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { systemClock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Clock } from '../ports/clock.ts';
import type { Queue } from '../ports/queue.ts';
import type { ConversationStore } from '../ports/store.ts';
import type { TurnCounter } from '../ports/turn-counter.ts';
import { createMemoryStore } from '../stores/memory/store.ts';
import { openSqliteStore } from '../stores/sqlite/store.ts';
import { createTurnCounter } from '../stores/turn-counter.ts';

export interface ConfiguredStore {
  /** Where the data is, as messages show it: a file or a table. */
  readonly location: string;
  /** Returns why a second program cannot open the store now; undefined when it can. */
  unavailable(): string | undefined;
  /** Throws `UnusableDatabase`, whose message says what to do. */
  open(): Promise<OpenStore>;
}

interface OpenStore {
  readonly store: ConversationStore;
  readonly turnCounter: TurnCounter;
  /** Undefined with QUEUE=inline, and for a store that has no queue of its own. */
  readonly queue?: Queue | undefined;
  readonly sqs?: SQSClient;
}

/** Without businesses: for a program that does not know whose work it sends back. */
type StoreSettings = Pick<Config, 'aws' | 'queue' | 'store'> & Partial<Pick<Config, 'businesses'>>;

export function configuredStore(config: StoreSettings, clock: Clock = systemClock): ConfiguredStore {
  const { store } = config;
  const common = { clock, newId: randomUUID };
  switch (store.kind) {
    case 'memory':
      return {
        location: 'the memory of one process',
        unavailable: () => 'STORE=memory stores nothing that another process can read.',
        open: async () => ({ store: createMemoryStore(common), turnCounter: createTurnCounter() }),
      };
    case 'sqlite': {
      const location = resolve(store.path);
      return {
        location,
        // Opening a missing file creates an empty store, and a command would report that nothing was found.
        unavailable: () =>
          existsSync(location)
            ? undefined
            : `There is no ${location} here. Name staging or production, or set SQLITE_PATH.`,
        open: async () => ({
          store: await openSqliteStore({ ...common, path: store.path }),
          // Only this process works on the store.
          turnCounter: createTurnCounter(),
        }),
      };
    }
    case 'dynamodb':
      return {
        location: `the table ${store.conversationsTable}`,
        unavailable: () => undefined,
        async open() {
          // Loaded on demand: the AWS clients are larger than everything else.
          const { awsParts } = await import('./aws.ts');
          return awsParts(config, store, clock);
        },
      };
  }
}
