import type { SeededBug } from './seeded-bug.ts';

/** What lets one business delay another. */
export const businesses: readonly SeededBug[] = [
  {
    name: 'a business may hold every slot',
    edits: [
      {
        file: 'app/queues/fair-slots.ts',
        find: 'waiting.size > 0 && running < Math.max(1, this.#rules.maxOf(name))',
        replace: 'waiting.size > 0',
      },
    ],
    proof: ['test/app/queues/fair-slots.test.ts', 'test/app/queues/inline.test.ts'],
  },
  {
    name: 'the first business is served to its last conversation before the next one',
    edits: [
      {
        file: 'app/queues/fair-slots.ts',
        find: '    this.#ready.delete(group);\n    this.#place(group);\n    return job;',
        replace: '    this.#place(group);\n    return job;',
      },
    ],
    proof: ['test/app/queues/fair-slots.test.ts', 'test/app/queues/inline.test.ts'],
  },
  {
    name: 'no slot is left when some businesses hang',
    edits: [
      {
        file: 'app/queues/fair-slots.ts',
        find: 'free > this.#rules.reserved ? this.#ready.first',
        replace: 'free > 0 ? this.#ready.first',
      },
    ],
    proof: ['test/app/queues/fair-slots.test.ts', 'test/app/compose/inline-worker.test.ts'],
  },
  {
    name: 'businesses share a circuit breaker',
    edits: [
      {
        file: 'app/compose/assistants.ts',
        find: 'const known = own.get(id);',
        replace: 'const known = [...own.values()][0];',
      },
    ],
    proof: ['test/app/compose/assistants.test.ts'],
  },
  {
    name: 'an assistant of former settings is asked',
    edits: [
      {
        file: 'app/compose/assistants.ts',
        find: 'if (known?.key === settings.key) return',
        replace: 'if (known !== undefined) return',
      },
    ],
    proof: ['test/app/compose/assistants.test.ts'],
  },
  {
    name: 'a sweep wakes the oldest work only, whosever it is',
    edits: [
      {
        file: 'app/conversation/sweep.ts',
        find: ', Math.ceil(batchSize * share))',
        replace: ')',
      },
    ],
    proof: ['test/app/worker/sweep.test.ts'],
  },
  {
    name: 'a turn that is postponed is not counted out again',
    edits: [
      {
        file: 'app/conversation/limits.ts',
        find: '        end(business);\n        throw error;',
        replace: '        throw error;',
      },
    ],
    proof: ['test/app/conversation/limits.test.ts'],
  },
  {
    name: 'a turn that is postponed is looked at all the time',
    edits: [
      {
        file: 'app/conversation/limits.ts',
        find: 'retryAfterMs: Math.max(1, retryAfterMs)',
        replace: 'retryAfterMs: 1',
      },
    ],
    proof: ['test/app/conversation/limits.test.ts', 'test/app/conversation/work/businesses.test.ts'],
  },
  {
    name: 'the alarm of one business hides that of another',
    edits: [
      {
        file: 'app/reporting/report.ts',
        find: "const count = countToLog(scope === 'app' ?",
        replace: "const count = countToLog(scope !== 'turn' ?",
      },
    ],
    proof: ['test/app/reporting/report.test.ts', 'test/app/conversation/work/businesses.test.ts'],
  },
  {
    name: 'a refused token pauses every number',
    edits: [
      {
        file: 'app/resilience/send-limits.ts',
        find: 'if (failure.code === this.#options.tokenCode) return tokenOf(route);',
        replace: "if (failure.code === this.#options.tokenCode) return 'app';",
      },
    ],
    proof: ['test/app/conversation/work/businesses.test.ts'],
  },
];
