import type { SeededBug } from './seeded-bug.ts';

/** Bugs that break the promise "leaving well". */
export const leavingWell: readonly SeededBug[] = [
  {
    name: 'an attempt counts although the process only shut down',
    edits: [
      {
        file: 'app/conversation/work.ts',
        find: "await store.release(lease, { retryAt: clock.now(), countAttempt: false });\n    return { outcome: 'stopped'",
        replace:
          "await store.release(lease, { retryAt: clock.now(), countAttempt: true });\n    return { outcome: 'stopped'",
      },
    ],
    proof: ['test/app/conversation/work/leaving.test.ts'],
  },
  {
    name: 'the queue does not wait for running work',
    edits: [
      { file: 'app/queues/inline.ts', find: 'if (slots.running > 0) await idle.promise;', replace: '' },
    ],
    proof: ['test/app/queues/inline.test.ts'],
  },
  {
    name: 'the queue never aborts running work',
    edits: [
      {
        file: 'app/queues/inline.ts',
        find: "stop.abort(new Error('the process is shutting down'))",
        replace: '{}',
      },
    ],
    proof: ['test/app/queues/inline.test.ts'],
  },
  {
    name: 'idle connections are closed at once, although a request may be in flight',
    edits: [{ file: 'app/http/listen.ts', find: '}, idleMs);', replace: '}, 0);' }],
    proof: ['test/app/http/listen.test.ts'],
  },
  {
    name: 'connections in the accept backlog of a busy process are reset',
    edits: [
      {
        file: 'app/http/listen.ts',
        find: 'onceBacklogIsEmpty(server, stopAccepting)',
        replace: 'setImmediate(() => setImmediate(stopAccepting))',
      },
    ],
    proof: ['test/app/http/listen.test.ts'],
  },
];
