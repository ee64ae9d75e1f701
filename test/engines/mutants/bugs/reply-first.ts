import type { SeededBug } from './seeded-bug.ts';

/** Bugs that break the promise "the reply is stored before it is sent". */
export const replyFirst: readonly SeededBug[] = [
  {
    name: 'parts are sent without markSending',
    edits: [{ file: 'app/conversation/send.ts', find: 'await store.markSending(lease, key);', replace: '' }],
    proof: ['test/app/conversation/work/send-fails.test.ts', 'test/app/conversation/crashes.test.ts'],
  },
  {
    name: 'a send of unknown outcome counts as not sent',
    edits: [
      {
        file: 'app/conversation/send.ts',
        find: 'if (error instanceof Unavailable || error instanceof Refused) await',
        replace: 'await',
      },
    ],
    proof: ['test/app/conversation/work/send-fails.test.ts'],
  },
  {
    name: 'a part that may have been sent is repeated at once',
    edits: [
      { file: 'app/conversation/send.ts', find: 'if (waitMs > 0) {', replace: 'if (Number.isNaN(waitMs)) {' },
    ],
    proof: ['test/app/conversation/work/send-fails.test.ts', 'test/app/conversation/crashes.test.ts'],
  },
  {
    name: 'a send is repeated although its status came after the turn was claimed',
    edits: [
      { file: 'app/conversation/send.ts', find: "if (part?.state === 'sent') return 'sent';", replace: '' },
    ],
    proof: ['test/app/conversation/work/send-fails.test.ts'],
  },
  {
    name: 'a part that the platform was found to have is sent again',
    edits: [
      {
        file: 'app/conversation/send.ts',
        find: 'if (found !== undefined) {',
        replace: "if (found === 'never') {",
      },
    ],
    proof: ['test/app/conversation/work/found.test.ts'],
  },
  {
    name: 'a part that the platform does not have yet is sent again at once',
    edits: [
      {
        file: 'app/conversation/send.ts',
        find: 'const waitMs = (part?.triedAt ?? 0) + rules.reconcileMs - now;',
        replace: 'const waitMs = work.channel.find ? 0 : (part?.triedAt ?? 0) + rules.reconcileMs - now;',
      },
    ],
    proof: ['test/app/conversation/work/found.test.ts'],
  },
  {
    name: 'a reply that is given up is sent again before its apology',
    edits: [
      {
        file: 'app/conversation/work.ts',
        find: "if (state === 'sending') await store.markUnsent(lease, key);",
        replace: 'void [key, state];',
      },
    ],
    proof: ['test/app/conversation/work/given-up.test.ts'],
  },
  {
    name: 'a reply is given up without waiting for the status of its last send',
    edits: [
      {
        file: 'app/conversation/failure.ts',
        find: 'rules.maxAttempts + (isUnderWay(turn) ? 1 : 0)',
        replace: 'rules.maxAttempts',
      },
    ],
    proof: ['test/app/conversation/work/given-up.test.ts'],
  },
  {
    name: 'a sent part is not marked',
    edits: [
      {
        file: 'app/conversation/send.ts',
        find: 'await store.markSent(lease, key, platformId);',
        replace: 'void platformId;',
      },
    ],
    proof: ['test/app/conversation/work/send-fails.test.ts'],
  },
  {
    name: 'the assistant is asked again although the reply is stored',
    edits: [
      {
        file: 'app/conversation/turn.ts',
        find: 'turn.parts ?? (await writeWhileTyping())',
        replace: 'await writeWhileTyping()',
      },
    ],
    proof: ['test/app/conversation/work/send-fails.test.ts'],
  },
  {
    name: 'a status moves backwards',
    edits: [
      {
        file: 'app/domain/progress.ts',
        find: 'return known === undefined || RANK[reported] > RANK[known] ? reported : known;',
        replace: 'return reported;',
      },
    ],
    proof: ['test/app/stores/sqlite/contract.test.ts', 'test/app/stores/memory.test.ts'],
  },
  {
    name: 'a status settles the send without a wake-up',
    edits: [
      {
        file: 'app/conversation/accept.ts',
        find: '...unique(recorded.conversations).map((conversation) => queue.wake(conversation, 0)),',
        replace: '',
      },
    ],
    proof: ['test/app/conversation/accept.test.ts'],
  },
];
