import type { SeededBug } from './seeded-bug.ts';

const TURNS = 'test/app/conversation/work/hand-off.test.ts';

/** Bugs that break the promises "a person takes over" and "STOP is honoured". */
export const handOff: readonly SeededBug[] = [
  {
    name: 'the assistant answers during a hand-off',
    edits: [
      {
        file: 'app/conversation/standing.ts',
        find: 'else if (optedOutAt === undefined && handOff === undefined) {',
        replace: 'else if (optedOutAt === undefined) {',
      },
    ],
    proof: ['test/app/conversation/standing.test.ts', TURNS, 'test/app/server/hand-off.test.ts'],
  },
  {
    name: 'a hand-off never ends',
    edits: [
      {
        file: 'app/conversation/standing.ts',
        find: 'let handOff = activeHandOff(stored, now);',
        replace: 'let { handOff } = stored;',
      },
    ],
    proof: ['test/app/conversation/standing.test.ts', TURNS],
  },
  {
    name: 'STOP is not honoured',
    edits: [
      {
        file: 'app/conversation/standing.ts',
        find: 'optedOutAt ??= message.sentAt;',
        replace: '',
      },
    ],
    proof: ['test/app/conversation/standing.test.ts', TURNS],
  },
  {
    name: 'what was asked before STOP is answered after it',
    edits: [
      {
        file: 'app/conversation/standing.ts',
        find: "      toAnswer = [];\n      if (optedOutAt === undefined) phrase = 'optedOut';",
        replace: "      if (optedOutAt === undefined) phrase = 'optedOut';",
      },
    ],
    proof: ['test/app/conversation/standing.test.ts', TURNS],
  },
  {
    name: 'START is forgotten when its turn is given up',
    edits: [
      {
        file: 'app/conversation/work.ts',
        find: 'if (turn.parts === undefined) await storeStanding(claim);',
        replace: '',
      },
    ],
    proof: [TURNS],
  },
  {
    name: 'a hand-off is delivered by the attempt that wrote the reply only, and a crash loses it',
    edits: [
      {
        file: 'app/conversation/hand-off.ts',
        find: 'if (turn.reopened || turn.gaveUpReason !== undefined) return undefined;',
        replace:
          'if (turn.reopened || turn.gaveUpReason !== undefined || turn.parts !== undefined) return undefined;',
      },
    ],
    proof: [TURNS],
  },
  {
    name: 'what a person writes during a hand-off is delivered after the turn is written, and a crash loses it',
    edits: [
      {
        file: 'app/conversation/answer.ts',
        find: '  await handOffs.deliverHeld(held, work.signal);\n',
        replace: '',
      },
      {
        file: 'app/conversation/answer.ts',
        find: 'return write([], { standing });\n\n  const { questionsPerDay',
        replace:
          'return write([], { standing }).then(async (parts) => {\n    await handOffs.deliverHeld(held, work.signal);\n    return parts;\n  });\n\n  const { questionsPerDay',
      },
    ],
    proof: [TURNS],
  },
  {
    name: 'a turn is given up although its hand-off was not delivered',
    edits: [
      {
        file: 'app/conversation/work.ts',
        find: 'if (undelivered !== undefined) return retryLater(undelivered, claim);',
        replace: '',
      },
    ],
    proof: [TURNS],
  },
  {
    name: 'a hand-off that the webhook refused counts as delivered',
    edits: [
      {
        file: 'app/hand-offs/webhook.ts',
        find: 'if (status < 200 || status > 299)',
        replace: 'if (status < 200 || status > 499)',
      },
    ],
    proof: ['test/app/hand-offs/webhook.test.ts'],
  },
];
