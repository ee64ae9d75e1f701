import type { SeededBug } from './seeded-bug.ts';

/** What breaks the promise "it looks right". */
export const looksRight: readonly SeededBug[] = [
  {
    name: 'a part ends inside a grapheme',
    edits: [
      {
        file: 'app/reply/split/shorten.ts',
        find: 'Array.from(GRAPHEMES.segment(token.text), ({ segment }) => segment)',
        replace: '[...token.text]',
      },
    ],
    proof: ['test/app/reply/split.test.ts'],
  },
  {
    name: 'a part is one unit too long',
    edits: [
      {
        file: 'app/reply/split/breaks.ts',
        find: 'closing(final).length <= this.#maxPartLength;',
        replace: 'closing(final).length <= this.#maxPartLength + 1;',
      },
    ],
    proof: ['test/app/reply/split.test.ts'],
  },
  {
    name: 'the numbers of a list are counted, whatever is written',
    edits: [
      {
        file: 'app/reply/format/list.ts',
        find: 'items.every(({ written }) => written === first?.written)',
        replace: 'first !== undefined',
      },
    ],
    proof: ['test/app/reply/format/tokens.test.ts'],
  },
  {
    name: 'a sign of multiplication is taken for a marker',
    edits: [
      {
        file: 'app/reply/format/parse/delimiters.ts',
        find: 'if (!isDouble && isSign(left, right)) return { can_open: false, can_close: false, length };',
        replace: '',
      },
    ],
    proof: ['test/app/reply/format/tokens.test.ts'],
  },
  {
    name: 'the end of each link is looked for to the end of the text',
    edits: [
      {
        file: 'app/reply/format/parse/inline-rules.ts',
        find: 'close !== undefined && close - open <= MAX_LABEL && original(state, silent)',
        replace: 'original(state, silent)',
      },
      {
        file: 'app/reply/format/runs.ts',
        find: 'const MAX_RUN = 4_000;',
        replace: 'const MAX_RUN = 1e9;',
      },
    ],
    proof: ['test/app/conversation/growth.test.ts'],
  },
  {
    name: 'an answer is read to its end, however long it is',
    edits: [
      {
        file: 'app/conversation/reply.ts',
        find: 'const MAX_SOURCE_LENGTH = 60_000;',
        replace: 'const MAX_SOURCE_LENGTH = 1e9;',
      },
    ],
    proof: ['test/app/conversation/growth.test.ts'],
  },
  {
    name: 'half of two directional isolates is sent',
    edits: [
      {
        file: 'app/reply/split.ts',
        find: 'parts.map(withBalancedIsolates)',
        replace: 'parts.map((part) => part)',
      },
    ],
    proof: ['test/app/reply/format.test.ts'],
  },
  {
    name: 'a long answer is formatted at one stretch',
    edits: [
      {
        file: 'app/conversation/reply.ts',
        find: 'const STEP = 4_000;',
        replace: 'const STEP = Infinity;',
      },
    ],
    proof: ['test/app/conversation/reply.test.ts'],
  },
];
