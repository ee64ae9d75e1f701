import type { SeededBug } from './seeded-bug.ts';

/** Bugs that break the promise "it looks right". */
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
    name: 'the numbers of a list are counted, whatever the source has',
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
    name: 'a multiplication sign is parsed as a marker',
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
    name: 'the end of each link is searched to the end of the text',
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
    name: 'an answer is parsed completely, however long it is',
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
    name: 'an unpaired directional isolate is sent',
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
    name: 'a long answer is formatted without pauses',
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
