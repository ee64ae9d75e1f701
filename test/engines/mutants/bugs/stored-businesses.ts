import type { SeededBug } from './seeded-bug.ts';

/** What breaks the promise "isolation" where many businesses share a service. */
export const storedBusinesses: readonly SeededBug[] = [
  {
    name: 'a token opens for another business',
    edits: [
      {
        file: 'app/businesses/token-envelope.ts',
        find: 'cipher.setAAD(Buffer.from(business));',
        replace: '',
      },
      {
        file: 'app/businesses/token-envelope.ts',
        find: 'decipher.setAAD(Buffer.from(business)).setAuthTag(tag);',
        replace: 'decipher.setAuthTag(tag);',
      },
    ],
    proof: ['test/app/businesses/token-envelope.test.ts', 'test/app/businesses/document.test.ts'],
  },
  {
    name: 'a token that stands in the clear is sent',
    edits: [
      {
        file: 'app/businesses/document.ts',
        find: 'if (!(error instanceof EnvelopeError)) throw error;',
        replace:
          "if (!(error instanceof EnvelopeError)) throw error; if (error.reason === 'malformed') return envelope;",
      },
    ],
    proof: ['test/app/businesses/document.test.ts'],
  },
  {
    name: "the deployment's assistant answers where a business's own cannot be used",
    edits: [
      {
        file: 'app/businesses/settings.ts',
        find: "return assistant ?? { kind: 'unusable', why: parent.problems[before] ?? 'its assistant is incomplete' };",
        replace: 'return assistant;',
      },
    ],
    proof: ['test/app/businesses/document.test.ts'],
  },
  {
    name: "the deployment's app secret stands in for one that cannot be read",
    edits: [
      {
        file: 'app/businesses/document.ts',
        find: "if (appSecrets === undefined) throw fail('app-secret-malformed', 'its app secrets are no list');",
        replace: 'if (appSecrets === undefined) return [];',
      },
    ],
    proof: ['test/app/businesses/document.test.ts'],
  },
  {
    name: 'one wrong field takes a business away',
    edits: [
      {
        file: 'app/businesses/document.ts',
        find: 'problems: fields.problems,',
        replace:
          'problems: fields.problems,\n    ...(fields.problems.length > 0 && { numbers: [], settings: {} }),',
      },
    ],
    proof: ['test/app/businesses/document.test.ts'],
  },
  {
    name: 'two runs at once give a number to two businesses',
    edits: [
      {
        file: 'scripts/businesses/claim.ts',
        find: 'if (rival !== undefined) throw refusal(claim, rival);',
        replace: '',
      },
    ],
    proof: ['test/scripts/businesses/claim.test.ts'],
  },
];
