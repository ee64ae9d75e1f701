import type { SeededBug } from './seeded-bug.ts';

const CONTRACT = 'test/app/assistants/openai-contract.test.ts';
const TURNS = 'test/app/assistants/openai-turns.test.ts';

/** Bugs that break the reply contract, or what is promised of its repair. */
export const replyContract: readonly SeededBug[] = [
  {
    name: 'a reply that breaks the contract is sent as it is',
    edits: [
      {
        file: 'app/assistants/openai-answer.ts',
        find: 'return repaired(question, reading.text, usage, signal);',
        replace: 'return withUsage({ text: reading.text }, usage);',
      },
    ],
    proof: [CONTRACT, TURNS],
  },
  {
    name: 'what the repair returns is sent, whatever it is',
    edits: [
      {
        file: 'app/assistants/openai-answer.ts',
        find: "if (again.reading.kind !== 'reply') throw brokenContract();",
        replace: "if (again.reading.kind !== 'reply') return withUsage({ text }, usage);",
      },
    ],
    proof: [CONTRACT, TURNS],
  },
  {
    name: 'the repair replaces the words of a plain answer',
    edits: [
      {
        file: 'app/assistants/openai-answer.ts',
        find: 'return withUsage({ ...prose, ',
        replace: "return withUsage({ ...(again?.reading.kind === 'reply' ? again.reading.reply : prose), ",
      },
    ],
    proof: [CONTRACT],
  },
  {
    name: 'a stored reply that was not repaired is asked for again',
    edits: [
      {
        file: 'app/assistants/openai-answer.ts',
        find: "if (reading.kind === 'empty') return",
        replace: "if (reading.kind === 'empty' || reading.kind === 'invalid') return",
      },
    ],
    proof: [CONTRACT, TURNS],
  },
  {
    name: 'a hand-off is lost',
    edits: [
      {
        file: 'app/assistants/openai-contract.ts',
        find: 'if (handoff !== true) return',
        replace: 'if (handoff !== true || !handoff_reason) return',
      },
    ],
    proof: [CONTRACT],
  },
  {
    name: 'the tokens of the repair are not counted',
    edits: [
      {
        file: 'app/assistants/openai-answer.ts',
        find: 'sum(usage, again.usage)',
        replace: 'usage',
      },
    ],
    proof: [CONTRACT, TURNS],
  },
  {
    name: 'the repair is stored',
    edits: [
      {
        file: 'app/assistants/openai.ts',
        find: "generate({ input, store: false }, { missing: 'address', bounds: REPAIR_LIMITS",
        replace: "generate({ input }, { missing: 'address', bounds: REPAIR_LIMITS",
      },
    ],
    proof: [CONTRACT],
  },
  {
    name: 'a reply that was cut is taken for plain text',
    edits: [
      {
        file: 'app/assistants/openai-contract.ts',
        find: 'const closed = isCut ? closedObject(text) : undefined;',
        replace: 'const closed = undefined;',
      },
    ],
    proof: [CONTRACT],
  },
  {
    name: 'a quote is answered with the next answer',
    edits: [
      {
        file: 'app/assistants/ansari-history.ts',
        find: 'questions[position - 1]',
        replace: 'questions[position]',
      },
    ],
    proof: ['test/app/assistants/ansari-history.test.ts', 'test/app/assistants/ansari.test.ts'],
  },
];
