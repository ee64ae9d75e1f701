import type { SeededBug } from './seeded-bug.ts';

/** Bugs that break the promise "200 means stored". */
export const stored: readonly SeededBug[] = [
  {
    name: 'the webhook responds before the delivery is stored',
    edits: [
      {
        file: 'app/http/webhook.ts',
        find: 'const fields = await accept(delivery, verification.covers);',
        replace: 'void accept(delivery, verification.covers).catch(() => {}); const fields = {};',
      },
    ],
    proof: ['test/app/http/webhook.test.ts'],
  },
  {
    name: 'the engine returns before COMMIT',
    edits: [
      {
        file: 'app/stores/sqlite/engine.ts',
        find: "database.exec('COMMIT');",
        replace: "queueMicrotask(() => database.exec('COMMIT'));",
      },
    ],
    proof: ['test/app/stores/sqlite/engine.test.ts'],
  },
  {
    name: 'synchronous=NORMAL',
    edits: [
      {
        file: 'app/stores/sqlite/open.ts',
        find: 'PRAGMA synchronous = FULL',
        replace: 'PRAGMA synchronous = NORMAL',
      },
    ],
    proof: ['test/app/stores/sqlite/open.test.ts'],
  },
  {
    name: 'ALWAYS_RETURN_OK_TO_META turns 503 into 200',
    edits: [
      {
        file: 'app/http/webhook.ts',
        find: "'a delivery could not be stored', error);\n      return notStored(error);",
        replace:
          "'a delivery could not be stored', error);\n      return unreadableStatus === 200 ? STORED : notStored(error);",
      },
    ],
    proof: ['test/app/http/webhook.test.ts'],
  },
  {
    name: 'an id is known before its message is stored',
    edits: [
      {
        file: 'app/conversation/accept.ts',
        find: 'const messages = delivery.messages.flatMap((message) => owned(message, owners));',
        replace:
          'const seen = (globalThis.seen ??= new Set());\n        const messages = delivery.messages.flatMap((message) => owned(message, owners)).filter(({ id }) => !seen.has(id) && seen.add(id));',
      },
    ],
    proof: ['test/app/conversation/accept.test.ts'],
  },
  {
    name: 'a message is marked done on arrival',
    edits: [
      { file: 'app/stores/sqlite/arrivals.ts', find: 'text === null ? DONE : WAITING', replace: 'DONE' },
    ],
    proof: ['test/app/stores/sqlite/contract.test.ts'],
  },
  {
    name: 'only the first message of a batch is read',
    edits: [
      {
        file: 'app/channels/meta/parse.ts',
        find: 'for (const message of messages) readMessage',
        replace: 'for (const message of messages.slice(0, 1)) readMessage',
      },
    ],
    proof: ['test/app/channels/meta/parse.test.ts'],
  },
  {
    name: 'only the first entry is read',
    edits: [
      {
        file: 'app/channels/meta/parse.ts',
        find: "builder.list(entry, 'entry')) readEntry",
        replace: "builder.list(entry, 'entry').slice(0, 1)) readEntry",
      },
    ],
    proof: ['test/app/channels/meta/fixtures.test.ts'],
  },
  {
    name: 'only the first message of a batch is stored',
    edits: [
      {
        file: 'app/conversation/accept.ts',
        find: 'store.accept(messages)',
        replace: 'store.accept(messages.slice(0, 1))',
      },
    ],
    proof: ['test/app/conversation/accept.test.ts'],
  },
  {
    name: 'a batch of 1,000 messages is cut',
    edits: [
      {
        file: 'app/channels/meta/parse.ts',
        find: 'for (const message of messages) readMessage',
        replace: 'for (const message of messages.slice(0, 999)) readMessage',
      },
    ],
    proof: ['test/app/channels/meta/parse.test.ts'],
  },
  {
    name: 'a delivery of 3 MB is too large',
    edits: [
      {
        file: 'app/channels/meta/webhook.ts',
        find: 'const MAX_BODY_BYTES = 4 * 1024 * 1024;',
        replace: 'const MAX_BODY_BYTES = 1024 * 1024;',
      },
    ],
    proof: ['test/app/http/raw-body.test.ts'],
  },
  {
    name: 'an id stays known although its transaction was rolled back',
    edits: [{ file: 'app/stores/sqlite/arrivals.ts', find: '      version = undefined;', replace: '' }],
    proof: ['test/app/stores/sqlite/arrivals.test.ts'],
  },
  {
    name: 'the tables that are indexes are not compared at the start',
    edits: [
      { file: 'app/stores/sqlite/open.ts', find: '    checkLaterIndexes(database, path);', replace: '' },
    ],
    proof: ['test/app/stores/sqlite/damaged-indexes.test.ts'],
  },
  {
    name: 'a requeued message is in no list of what waits',
    edits: [
      { file: 'app/stores/sqlite/dead-letters.ts', find: '        addWaiting.run(turnId);', replace: '' },
    ],
    proof: ['test/app/stores/sqlite/damaged-indexes.test.ts'],
  },
  {
    name: 'unindexed messages of a killed process are lost',
    edits: [
      {
        file: 'app/stores/sqlite/arrivals.ts',
        find: 'if (now !== version) index();',
        replace: 'if (version !== undefined && now !== version) index();',
      },
    ],
    proof: ['test/app/stores/sqlite/arrivals.test.ts'],
  },
];
