import type { SeededBug } from './seeded-bug.ts';

/** Bugs that break the promise "order". */
export const order: readonly SeededBug[] = [
  {
    name: 'a turn takes its messages in order of arrival, not of sending',
    edits: [
      {
        file: 'app/stores/sqlite/statements.ts',
        find: 'IS NOT NULL ORDER BY sent_at, arrival',
        replace: 'IS NOT NULL ORDER BY arrival',
      },
    ],
    proof: ['test/app/stores/sqlite/contract.test.ts'],
  },
  {
    name: 'the next part does not wait for the previous one',
    edits: [
      {
        file: 'app/conversation/send.ts',
        find: 'await confirmed(parts.slice(0, index), work);',
        replace: '',
      },
    ],
    proof: ['test/app/conversation/work/send-fails.test.ts'],
  },
  {
    name: 'later parts are sent after one that has failed',
    edits: [
      {
        file: 'app/conversation/send.ts',
        find: 'for (const part of parts) await refuseFailed(part, work);',
        replace: '',
      },
    ],
    proof: ['test/app/conversation/work/failed-later.test.ts'],
  },
  {
    name: 'a new turn is opened before a finished one with a failed part, in SQLite',
    edits: [
      {
        file: 'app/stores/sqlite/turns.ts',
        find: 'const again = row.turn === null ? toReopen.get(id)?.id : undefined;',
        replace:
          'const again = row.turn === null && firstWaiting.get(id) === undefined ? toReopen.get(id)?.id : undefined;',
      },
    ],
    proof: ['test/app/stores/sqlite/contract.test.ts', 'test/app/conversation/work/failed-later.test.ts'],
  },
];
