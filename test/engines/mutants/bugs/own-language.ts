import type { SeededBug } from './seeded-bug.ts';

/** Bugs that break the promise that our own sentences are in the language of the person. */
export const ownLanguage: readonly SeededBug[] = [
  {
    name: 'terms of Islam count for a language',
    edits: [
      {
        file: 'app/language/evidence.ts',
        find: 'if (isTerm(word) || (known !== undefined && isCourtesy(word))) continue;',
        replace: 'if (known !== undefined && isCourtesy(word)) continue;',
      },
    ],
    proof: ['test/app/language/detect.test.ts'],
  },
  {
    name: 'one word changes the known language',
    edits: [{ file: 'app/language/evidence.ts', find: 'const LEAD = 2;', replace: 'const LEAD = 1;' }],
    proof: ['test/app/language/detect.test.ts'],
  },
  {
    name: 'of two languages with as many words the first is recognised',
    edits: [
      {
        file: 'app/language/evidence.ts',
        find: 'best[1] > (second?.[1] ?? 0) ? best[0]',
        replace: 'best[1] > 0 ? best[0]',
      },
    ],
    proof: ['test/app/language/short-texts.test.ts'],
  },
  {
    name: 'a verse changes the known language',
    edits: [
      {
        file: 'app/language/arabic.ts',
        find: '(formula || isVowelled(text))',
        replace: 'formula',
      },
    ],
    proof: ['test/app/language/detect.test.ts'],
  },
  {
    name: 'the default language is stored as the language of a person',
    edits: [
      {
        file: 'app/conversation/answer.ts',
        find: '(recognised !== undefined && { language: recognised })',
        replace: '{ language }',
      },
    ],
    proof: ['test/app/conversation/work/turn.test.ts'],
  },
  {
    name: 'a question that holds the word of STOP ends the messages',
    edits: [
      {
        file: 'app/language/opt-out.ts',
        find: 'STOP_WORDS.has(normalised(text))',
        replace: '[...STOP_WORDS].some((word) => normalised(text).includes(word))',
      },
    ],
    proof: ['test/app/language/opt-out.test.ts'],
  },
  {
    name: 'the Arabic "never" starts the messages again',
    edits: [{ file: 'app/language/opt-out-words.ts', find: '|أ(?=\\p{L})/gu', replace: '|أ/gu' }],
    proof: ['test/app/language/opt-out.test.ts'],
  },
  {
    name: 'Malay is recognised only by two words of its own',
    edits: [{ file: 'app/language/evidence.ts', find: "['ms', 'id', 1]", replace: "['ms', 'id', 2]" }],
    proof: ['test/app/language/short-texts.test.ts'],
  },
];
