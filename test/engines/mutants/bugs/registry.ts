import type { SeededBug } from './seeded-bug.ts';

const CACHE = 'app/businesses/cache.ts';
const ENTRIES = 'app/businesses/entries.ts';
const CACHE_TEST = 'test/app/businesses/cache.test.ts';

/** What loses a message of one of many businesses, or gives it to another one. */
export const registry: readonly SeededBug[] = [
  {
    name: 'an outage of the database is taken for a number of no business',
    edits: [
      {
        file: CACHE,
        find: '      throw failure;',
        replace: '      return Promise.resolve(undefined as never);',
      },
    ],
    proof: [CACHE_TEST, 'test/app/server.test.ts'],
  },
  {
    name: 'an expired business is used for ever',
    edits: [{ file: ENTRIES, find: 'const STALE_MS = 60 * 60_000;', replace: 'const STALE_MS = Infinity;' }],
    proof: [CACHE_TEST],
  },
  {
    name: 'an outage stops businesses whose entry has expired',
    edits: [{ file: ENTRIES, find: 'const STALE_MS = 60 * 60_000;', replace: 'const STALE_MS = 0;' }],
    proof: [CACHE_TEST],
  },
  {
    name: 'a number of two businesses stays with the one that was cached',
    edits: [
      {
        file: CACHE,
        find: 'if (error instanceof Unavailable && !isUnusable(error)) return',
        replace: 'if (error instanceof Unavailable) return',
      },
    ],
    proof: [CACHE_TEST],
  },
  {
    name: 'warming up gives a number of two businesses to one of them',
    edits: [
      {
        file: CACHE,
        find: 'if (owners.get(number) !== stored.id && this.#entries.remove(number)) loaded -= 1;',
        replace: '',
      },
    ],
    proof: [CACHE_TEST],
  },
  {
    name: 'numbers of no business push the businesses out of the cache',
    edits: [
      {
        file: ENTRIES,
        find: 'this.#negatives.set(number, {',
        replace:
          'this.#entries.set(number, { id: number, found: Promise.resolve() as never, ...this.#lifetime(0) });\n    this.#negatives.set(number, {',
      },
    ],
    proof: [CACHE_TEST],
  },
  {
    name: 'numbers of no business fill the memory',
    edits: [
      { file: ENTRIES, find: 'const MAX_NEGATIVE = 10_000;', replace: 'const MAX_NEGATIVE = 1_000_000;' },
    ],
    proof: [CACHE_TEST],
  },
  {
    name: 'each caller asks the database',
    edits: [{ file: CACHE, find: 'this.#flights.get(number) ?? ', replace: '' }],
    proof: [CACHE_TEST],
  },
  {
    name: 'all look-ups wait for a database that is away',
    edits: [
      {
        file: CACHE,
        find: 'if (this.#outage !== undefined && now < this.#outage.retryAt) {',
        replace: 'if (this.#outage !== undefined && now < 0) {',
      },
    ],
    proof: [CACHE_TEST],
  },
  {
    name: 'a look-up that began before a change undoes the removal',
    edits: [
      {
        file: CACHE,
        find: 'const isCurrent = () => this.#flights.get(number) === flight;',
        replace: 'const isCurrent = () => true;',
      },
    ],
    proof: [CACHE_TEST],
  },
  {
    name: 'a batch that was read before a change undoes the removal',
    edits: [
      {
        file: CACHE,
        find: 'for (const stored of current ? batch : []) {',
        replace: 'for (const stored of batch) {',
      },
    ],
    proof: [CACHE_TEST],
  },
  {
    name: 'a change of a business leaves one of its numbers as it was',
    edits: [
      {
        file: ENTRIES,
        find: 'this.#numbersOf.set(stored.id, numbers.add(number));',
        replace: 'this.#numbersOf.set(stored.id, new Set([number]));',
      },
    ],
    proof: [CACHE_TEST],
  },
  {
    name: 'a change of the numbers of a business is not seen at the new ones',
    edits: [
      {
        file: 'app/businesses/mongodb/changes.ts',
        find: '[fullDocument, fullDocumentBeforeChange, updateDescription?.updatedFields]',
        replace: '[fullDocumentBeforeChange]',
      },
    ],
    proof: ['test/app/businesses/mongodb/changes.test.ts'],
  },
  {
    name: 'an event that nobody knows changes nothing',
    edits: [
      {
        file: 'app/businesses/mongodb/changes.ts',
        find: "if (!parsed.success) return { kind: 'all' };",
        replace: "if (!parsed.success) return { kind: 'business', id: undefined, numbers: [] };",
      },
    ],
    proof: ['test/app/businesses/mongodb/changes.test.ts'],
  },
  {
    name: 'changes during an interruption are missed',
    edits: [
      {
        file: 'app/businesses/mongodb/watch.ts',
        find: 'token = feed.resumeToken;',
        replace: '',
      },
    ],
    proof: ['test/app/businesses/mongodb/watch.test.ts'],
  },
  {
    name: 'a history that is lost is not noticed',
    edits: [
      {
        file: 'app/businesses/mongodb/watch.ts',
        find: 'if (first && !resumed) onGap();',
        replace: '',
      },
    ],
    proof: ['test/app/businesses/mongodb/watch.test.ts'],
  },
  {
    name: 'wrong admin tokens are not limited',
    edits: [
      {
        file: 'app/http/bearer.ts',
        find: 'const WRONG_PER_MINUTE = 10;',
        replace: 'const WRONG_PER_MINUTE = 1e6;',
      },
    ],
    proof: ['test/app/http/app.test.ts'],
  },
  {
    name: 'a delivery waits until the driver notices that the database is gone',
    edits: [
      { file: CACHE, find: 'expired === undefined ? flight : this.#inTime(flight)', replace: 'flight' },
    ],
    proof: [CACHE_TEST],
  },
];
