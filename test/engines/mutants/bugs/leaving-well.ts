import type { SeededBug } from './seeded-bug.ts';

/** What breaks the promise "leaving well". */
export const leavingWell: readonly SeededBug[] = [
  {
    name: 'an attempt counts although the process only had to leave',
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
    name: 'the queue does not wait for what runs',
    edits: [{ file: 'app/queues/inline.ts', find: 'await running.onIdle();', replace: '' }],
    proof: ['test/app/queues/inline.test.ts'],
  },
  {
    name: 'the queue never tells what runs to stop',
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
    name: 'idle connections are cut at once, whatever is on its way on them',
    edits: [{ file: 'app/http/listen.ts', find: '}, idleMs);', replace: '}, 0);' }],
    proof: ['test/app/http/listen.test.ts'],
  },
  {
    name: 'who waits in line while the process is busy is reset',
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
