import type { SeededBug } from './seeded-bug.ts';

/** What breaks the promise "it looks right". */
export const looksRight: readonly SeededBug[] = [
  {
    name: 'a part ends inside a grapheme',
    edits: [
      {
        file: 'app/conversation/split/shorten.ts',
        find: 'Array.from(GRAPHEMES.segment(piece.text), ({ segment }) => segment)',
        replace: '[...piece.text]',
      },
    ],
    proof: ['test/app/conversation/split.test.ts'],
  },
  {
    name: 'a part is one unit too long',
    edits: [
      {
        file: 'app/conversation/split/cuts.ts',
        find: 'closing(final).length <= this.#longestPart;',
        replace: 'closing(final).length <= this.#longestPart + 1;',
      },
    ],
    proof: ['test/app/conversation/split.test.ts'],
  },
];
