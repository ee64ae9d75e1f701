import type { SeededBug } from './seeded-bug.ts';

/** What breaks the promise "order". */
export const order: readonly SeededBug[] = [
  {
    name: 'a turn takes its messages as they arrived, not as they were sent',
    edits: [
      {
        file: 'app/stores/sqlite/working.ts',
        find: 'IS NOT NULL ORDER BY sent_at, arrival',
        replace: 'IS NOT NULL ORDER BY arrival',
      },
    ],
    proof: ['test/app/stores/sqlite/contract.test.ts'],
  },
  {
    name: 'the next part does not wait for the one before',
    edits: [
      {
        file: 'app/conversation/send.ts',
        find: 'if (previous !== undefined) await confirmed(previous, work);',
        replace: 'void previous;',
      },
    ],
    proof: ['test/app/conversation/work/send-fails.test.ts'],
  },
];
