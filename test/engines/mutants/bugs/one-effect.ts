import type { SeededBug } from './seeded-bug.ts';

/** Bugs that break the promise "one effect". */
export const oneEffect: readonly SeededBug[] = [
  {
    name: 'nothing is stored before the assistant is asked',
    edits: [{ file: 'app/conversation/ask.ts', find: '    await remember(asked);\n', replace: '' }],
    proof: ['test/app/conversation/work/asked-before.test.ts', 'test/app/conversation/crashes.test.ts'],
  },
  {
    name: 'a question that may still be answered is asked again at once',
    edits: [
      {
        file: 'app/conversation/ask.ts',
        find: "if (wasSent && end.last === 'open') waitFor(asked);",
        replace: '',
      },
    ],
    proof: ['test/app/conversation/work/asked-before.test.ts', 'test/app/conversation/crashes.test.ts'],
  },
  {
    name: 'the answer to the same text in an earlier turn is used',
    edits: [
      { file: 'app/conversation/ask.ts', find: 'end.questions > asked.before', replace: 'end.questions > 0' },
    ],
    proof: ['test/app/conversation/work/asked-before.test.ts'],
  },
  {
    name: 'text next to a tool call is used as the answer',
    edits: [
      {
        file: 'app/assistants/ansari.ts',
        find: 'await hasSettled(threadId, assistantUserId, signal);',
        replace: 'true;',
      },
    ],
    proof: ['test/app/assistants/ansari-recorded.test.ts'],
  },
  {
    name: 'the question of a thread is not stored, in SQLite',
    edits: [
      {
        file: 'app/stores/sqlite/turns.ts',
        find: 'thread === undefined ? row.thread_state : threadStateText(thread)',
        replace: 'thread === undefined ? row.thread_state : null',
      },
    ],
    proof: ['test/app/stores/sqlite/contract.test.ts'],
  },
  {
    name: 'an id that another process has just stored counts as new',
    edits: [
      {
        file: 'app/stores/sqlite/arrivals.ts',
        find: 'if (now !== version) index();',
        replace: 'if (version === undefined) index();',
      },
    ],
    proof: ['test/app/stores/sqlite/arrivals.test.ts'],
  },
  {
    name: 'ids are forgotten after three days',
    edits: [
      {
        file: 'app/domain/retention.ts',
        find: 'IDS_KEPT_MS = 9 * DAY_MS',
        replace: 'IDS_KEPT_MS = 3 * DAY_MS',
      },
    ],
    proof: ['test/app/stores/sqlite/contract.test.ts', 'test/app/stores/memory.test.ts'],
  },
  {
    name: 'a lease without a fencing token, in SQLite',
    edits: [
      {
        file: 'app/stores/sqlite/statements.ts',
        find: 'WHERE id = ? AND token = ? AND turn IS NOT NULL',
        replace: 'WHERE id = ? AND ? IS NOT NULL AND turn IS NOT NULL',
      },
    ],
    proof: ['test/app/stores/sqlite/contract.test.ts', 'test/app/conversation/crashes.test.ts'],
  },
  {
    name: 'a lease without a fencing token, in memory',
    edits: [
      {
        file: 'app/stores/memory/lease.ts',
        find: 'conversation?.turn === undefined || conversation.token !== lease.token',
        replace: 'conversation?.turn === undefined',
      },
    ],
    proof: ['test/app/stores/memory.test.ts', 'test/app/conversation/work/leaving.test.ts'],
  },
  {
    name: 'a lease without a fencing token, in DynamoDB',
    edits: [
      {
        file: 'app/stores/dynamodb/lease.ts',
        find: "const HOLDS = '#token = :token';",
        replace: "const HOLDS = ':token = :token';",
      },
    ],
    proof: ['test/app/stores/dynamodb/contract.test.ts'],
  },
  {
    name: 'parts without a fence, in DynamoDB',
    edits: [
      {
        file: 'app/stores/dynamodb/replies.ts',
        find: "const OWN = '#fence = :fence';",
        replace: "const OWN = ':fence = :fence';",
      },
    ],
    proof: ['test/app/stores/dynamodb/contract.test.ts'],
  },
  {
    name: 'the id of an answered message is not stored, in DynamoDB',
    edits: [
      {
        file: 'app/stores/dynamodb/message-states.ts',
        find: "await Promise.all(refs.map((ref) => move(ref, 'waiting', { set, remove })));\n    },\n\n    /** Keeps the text",
        replace:
          'void [set, remove, await Promise.all(refs.map((ref) => table.delete(messageKey(ref))))];\n    },\n\n    /** Keeps the text',
      },
    ],
    proof: ['test/app/stores/dynamodb/contract.test.ts'],
  },
  {
    name: 'the lease is never renewed',
    edits: [
      {
        file: 'app/conversation/lease.ts',
        find: 'await store.renew(lease, leaseMs);',
        replace: 'await undefined;',
      },
    ],
    proof: ['test/app/conversation/work/leaving.test.ts'],
  },
  {
    name: 'a process that was suspended before its send still sends',
    edits: [
      {
        file: 'app/conversation/send.ts',
        find: 'clock.now() - before > STALLED_MS',
        replace: 'clock.now() < before',
      },
    ],
    proof: ['test/app/conversation/work/leaving.test.ts'],
  },
  {
    name: 'the inline queue runs one conversation twice concurrently',
    edits: [{ file: 'app/queues/inline.ts', find: 'entry.busy = true;', replace: 'entry.busy = false;' }],
    proof: ['test/app/queues/inline.test.ts'],
  },
  {
    name: 'the price of a part is counted with each of its statuses',
    edits: [
      {
        file: 'app/domain/part.ts',
        find: 'before.priced ? undefined : pricingOf(status)',
        replace: 'pricingOf(status)',
      },
    ],
    proof: ['test/app/domain/part.test.ts', 'test/app/stores/memory.test.ts'],
  },
  {
    name: 'two web services count the price of one part',
    edits: [
      {
        file: 'app/stores/dynamodb/items/part.ts',
        find: 'const seen = { progress, priced, failures',
        replace: 'const seen = { progress, failures',
      },
    ],
    proof: ['test/app/stores/dynamodb/contract.test.ts'],
  },
];
