import type { SeededBug } from './seeded-bug.ts';

/** Bugs that break "what a person does to a message is done". */
export const corrections: readonly SeededBug[] = [
  {
    name: 'a revoke is ignored',
    edits: [
      {
        file: 'app/domain/correction.ts',
        find: 'if (change.content === undefined) return undefined;',
        replace: 'if (change.content === undefined) return message;',
      },
    ],
    proof: [
      'test/app/stores/memory.test.ts',
      'test/app/stores/sqlite/contract.test.ts',
      'test/app/conversation/work/corrections.test.ts',
    ],
  },
  {
    name: 'an older edit undoes a newer one',
    edits: [
      {
        file: 'app/domain/correction.ts',
        find: 'applied === undefined || stamp > applied',
        replace: 'applied === undefined || stamp !== applied',
      },
    ],
    proof: [
      'test/app/domain/correction.test.ts',
      'test/app/stores/memory.test.ts',
      'test/app/stores/sqlite/contract.test.ts',
    ],
  },
  {
    name: 'an older edit that waits for its message undoes a newer one, in SQLite',
    edits: [
      {
        file: 'app/stores/sqlite/corrections.ts',
        find: 'WHERE excluded.stamp > stamp',
        replace: 'WHERE excluded.stamp <> stamp',
      },
    ],
    proof: ['test/app/stores/sqlite/contract.test.ts'],
  },
  {
    name: 'a correction that arrives before its message is lost, in DynamoDB',
    edits: [
      {
        file: 'app/stores/dynamodb/inbox.ts',
        find: "known.item.state !== 'ahead') return acceptanceOf",
        replace: "known.item.state !== 'dead') return acceptanceOf",
      },
    ],
    proof: ['test/app/stores/dynamodb/contract.test.ts', 'test/app/stores/dynamodb/corrections.test.ts'],
  },
  {
    name: 'a person may revoke the message of another, in SQLite',
    edits: [
      {
        file: 'app/stores/sqlite/corrections.ts',
        find: 'row.conversation !== conversation || ',
        replace: '',
      },
    ],
    proof: ['test/app/stores/sqlite/contract.test.ts'],
  },
  {
    name: 'a person may revoke the message of another, in memory',
    edits: [
      {
        file: 'app/stores/memory/corrections.ts',
        find: 'message.conversation === conversation && ',
        replace: '',
      },
    ],
    proof: ['test/app/stores/memory.test.ts'],
  },
  {
    name: 'a claimed message is changed, in DynamoDB',
    edits: [
      {
        file: 'app/stores/dynamodb/corrections.ts',
        find: 'turn?.messages.some((ref) => isSameRef(ref, own)) || ',
        replace: '',
      },
    ],
    proof: ['test/app/stores/dynamodb/contract.test.ts'],
  },
  {
    name: 'a correction of one identity does not reach the message of another, in DynamoDB',
    edits: [
      {
        file: 'app/stores/dynamodb/claim.ts',
        find: 'if (await corrections.applyAhead(waiting, work.ahead)) return nextTurn(own);',
        replace: 'void corrections;',
      },
    ],
    proof: ['test/app/stores/dynamodb/contract.test.ts'],
  },
  {
    name: 'every unreadable item has its own notice',
    edits: [
      {
        file: 'app/channels/meta/delivery-builder.ts',
        find: 'if (known !== undefined) known.count += 1;',
        replace: 'if (known !== undefined) this.#notices.set(String(Math.random()), { ...known, count: 1 });',
      },
    ],
    proof: ['test/app/channels/meta/parse.test.ts', 'test/app/channels/meta/fixtures.test.ts'],
  },
];
