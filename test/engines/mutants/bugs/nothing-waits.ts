import type { SeededBug } from './seeded-bug.ts';

/** Bugs that break the promise "nothing waits for ever". */
export const nothingWaits: readonly SeededBug[] = [
  {
    name: 'a model with empty answers is asked as often as other failures are retried',
    edits: [
      {
        file: 'app/conversation/ask.ts',
        find: 'if (times <= EMPTY_ANSWER_DELAYS_MS.length) return;',
        replace: 'if (times > 0) return;',
      },
    ],
    proof: ['test/app/conversation/work/asked-before.test.ts', 'test/app/assistants/ansari-turns.test.ts'],
  },
  {
    name: 'the error message of the backend is used as the answer',
    edits: [
      { file: 'app/assistants/ansari-history.ts', find: '|| GAVE_UP.includes(content.trim())', replace: '' },
    ],
    proof: ['test/app/assistants/ansari-recorded.test.ts'],
  },
  {
    name: 'an attempt is counted after the work',
    edits: [
      {
        file: 'app/stores/sqlite/turns.ts',
        find: 'attempts = attempts + 1',
        replace: 'attempts = attempts',
      },
      {
        file: 'app/stores/sqlite/turns.ts',
        find: 'attempts = attempts - 1',
        replace: 'attempts = attempts + 1',
      },
      {
        file: 'app/stores/sqlite/turns.ts',
        find: 'if (!counts) uncountAttempt',
        replace: 'if (counts) uncountAttempt',
      },
      {
        file: 'app/stores/sqlite/rows.ts',
        find: 'attempt: row.attempts,',
        replace: 'attempt: row.attempts + 1,',
      },
    ],
    proof: ['test/app/stores/sqlite/contract.test.ts'],
  },
  {
    name: 'a turn is retried for ever',
    edits: [
      { file: 'app/conversation/failure.ts', find: 'turn.attempt >= maxLooks', replace: 'turn.attempt < 0' },
    ],
    proof: ['test/app/conversation/work/assistant-fails.test.ts'],
  },
  {
    name: 'a rejected key is sent again and again',
    edits: [
      {
        file: 'app/compose/assistants.ts',
        find: 'return withCircuitBreaker(traceAssistant(observeAssistant(assistant, observed), observed), clock);',
        replace: 'return traceAssistant(observeAssistant(assistant, observed), observed);',
      },
    ],
    proof: ['test/app/server.test.ts'],
  },
  {
    name: 'after a cooldown all requests send the rejected key at once',
    edits: [
      {
        file: 'app/assistants/circuit-breaker.ts',
        find: 'isTripped ||= keys.includes(ALL_USERS);',
        replace: '',
      },
    ],
    proof: ['test/app/assistants/circuit-breaker.test.ts'],
  },
  {
    name: 'the sweep ignores leases',
    edits: [
      {
        file: 'app/stores/sqlite/maintenance.ts',
        find: 'WHERE lease_until <= ?1 AND retry_at <= ?1',
        replace: 'WHERE retry_at <= ?1',
      },
    ],
    proof: ['test/app/stores/sqlite/contract.test.ts'],
  },
  {
    name: 'the sweep never runs',
    edits: [
      {
        file: 'app/compose/inline-worker.ts',
        find: '() => sweep(store, queue, { windowMs: rules.windowMs, share });',
        replace: 'async () => sweep;',
      },
    ],
    proof: ['test/app/server.test.ts'],
  },
  {
    name: 'a redelivered message that still waits is not woken again',
    edits: [{ file: 'app/conversation/accept.ts', find: "outcome !== 'done'", replace: "outcome === 'new'" }],
    proof: ['test/app/conversation/accept.test.ts'],
  },
  {
    name: 'a wake-up that arrives during a turn is lost',
    edits: [
      {
        file: 'app/queues/inline.ts',
        find: 'if (entry.dueAt === Infinity || closed)',
        replace: 'if (again === undefined || closed)',
      },
    ],
    proof: ['test/app/queues/inline.test.ts'],
  },
  {
    name: 'the lock of a wake-up is never cleared',
    edits: [
      {
        file: 'app/queues/sqs.ts',
        find: 'arrived: (conversation) => lock.clear(conversation),',
        replace: 'arrived: async () => {},',
      },
    ],
    proof: ['test/app/queues/sqs.test.ts'],
  },
  {
    name: 'a wake-up that was lost keeps the lock for ever',
    edits: [
      {
        file: 'app/queues/trigger-lock.ts',
        find: 'OR #lost_at <= :now OR',
        replace: 'OR #lost_at = :now OR',
      },
    ],
    proof: ['test/app/queues/sqs.test.ts'],
  },
  {
    name: 'a wake-up is deleted before its work',
    edits: [
      {
        file: 'app/worker/poll.ts',
        find: 'const outcome = await handle(body, stop.signal)',
        replace: 'await receiving.delete(receipt); const outcome = await handle(body, stop.signal)',
      },
    ],
    proof: ['test/app/worker/poll.test.ts'],
  },
  {
    name: 'a failed wake-up is not reported to Lambda',
    edits: [
      {
        file: 'app/worker/lambda.ts',
        find: 'return { itemIdentifier: messageId };',
        replace: 'return undefined;',
      },
    ],
    proof: ['test/app/worker/lambda.test.ts'],
  },
  {
    name: 'an aborted call of Graph ends the process',
    edits: [
      {
        file: 'app/http-client/client.ts',
        find: "stream.on('error', reject);",
        replace: "stream.on('error', reject); stream.once('response', () => stream.off('error', reject));",
      },
    ],
    proof: ['test/app/channels/meta/graph.test.ts'],
  },
];
