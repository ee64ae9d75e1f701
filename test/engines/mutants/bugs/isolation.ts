import type { SeededBug } from './seeded-bug.ts';

/** Bugs that break the promise "isolation". */
export const isolation: readonly SeededBug[] = [
  {
    name: 'one rejected person opens the circuit breaker for everybody',
    edits: [
      {
        file: 'app/assistants/circuit-breaker.ts',
        find: 'rejected.size > 1 ? [ALL_USERS] : []',
        replace: '[ALL_USERS]',
      },
    ],
    proof: ['test/app/assistants/circuit-breaker.test.ts'],
  },
  {
    name: 'the URL of a queue bypasses the configured endpoint',
    edits: [
      {
        file: 'app/queues/sqs.ts',
        find: 'useQueueUrlAsEndpoint: false',
        replace: 'useQueueUrlAsEndpoint: true',
      },
    ],
    proof: ['test/app/compose/aws.test.ts'],
  },
  {
    name: 'a number that is not ours is accepted',
    edits: [
      {
        file: 'app/conversation/accept.ts',
        find: 'if (business !== undefined) owners.set(key, { id: business.id, covered: covers(business) });',
        replace: "owners.set(key, { id: business?.id ?? 'env', covered: true });",
      },
    ],
    proof: ['test/app/conversation/accept.test.ts'],
  },
  {
    name: 'a failing call fails the other calls of its transaction',
    edits: [
      {
        file: 'app/stores/sqlite/engine.ts',
        find: "if (failure.failed === 'Error' && calls.length > 1)",
        replace: 'if (calls.length < 0)',
      },
    ],
    proof: ['test/app/stores/sqlite/engine.test.ts'],
  },
  {
    name: 'a cooldown of one scope stops everybody',
    edits: [
      {
        file: 'app/channels/meta/rate-limits.ts',
        find: "if (failure.scope === 'app') return 'app';",
        replace: "return 'app';",
      },
    ],
    proof: ['test/app/channels/meta/rate-limits.test.ts'],
  },
  {
    name: 'the rate limit of a number is not enforced',
    edits: [
      {
        file: 'app/channels/meta/rate-limits.ts',
        find: 'this.#numbers.take(route.number, now);',
        replace: '',
      },
    ],
    proof: ['test/app/channels/meta/rate-limits.test.ts'],
  },
  {
    name: 'a number belongs to its previous owner, whatever user id comes with it',
    edits: [
      {
        file: 'app/domain/identity/resolve.ts',
        find: '(hasUserId ?? userId) === userId',
        replace: 'hasUserId !== null',
      },
    ],
    proof: ['test/app/stores/memory.test.ts', 'test/app/stores/sqlite/contract.test.ts'],
  },
  {
    name: 'a number still belongs to a person who announced that they left it',
    edits: [
      {
        file: 'app/domain/identity/change.ts',
        find: 'draft.end(from, name, at);',
        replace: '',
      },
    ],
    proof: ['test/app/stores/memory.test.ts'],
  },
  {
    name: 'an announced change takes the conversation of a previous owner of the number',
    edits: [
      {
        file: 'app/domain/identity/change.ts',
        find: 'ownerOf(formerly.filter(isPhone), mayBeThisPerson)',
        replace: 'ownerOf(formerly.filter(isPhone))',
      },
    ],
    proof: ['test/app/stores/memory.test.ts', 'test/app/stores/sqlite/contract.test.ts'],
  },
  {
    name: 'replies to one person go to the number that another has now',
    edits: [
      {
        file: 'app/domain/identity/draft.ts',
        find: 'if (other !== conversation) this.#forget(other, name);',
        replace: '',
      },
    ],
    proof: ['test/app/stores/memory.test.ts'],
  },
  {
    name: 'a newcomer gets the id at the assistant of the previous owner of the number',
    edits: [
      {
        file: 'app/domain/identity/resolve.ts',
        find: 'if (isOwn(person.phone)) return',
        replace: 'if (person.phone !== undefined) return',
      },
    ],
    proof: ['test/app/stores/memory.test.ts'],
  },
  {
    name: 'a change that was replayed after its id was forgotten is applied',
    edits: [
      {
        file: 'app/domain/identity/resolve.ts',
        find: 'now - at < CHANGE_FOLLOWED_MS',
        replace: 'now - at < Infinity',
      },
    ],
    proof: ['test/app/stores/memory.test.ts'],
  },
  {
    name: 'a conversation that lost its number still sends there, in DynamoDB',
    edits: [
      {
        file: 'app/stores/dynamodb/identity-writes.ts',
        find: 'const losing = [...people].flatMap(',
        replace: 'const losing = [...people].slice(people.size).flatMap(',
      },
    ],
    proof: ['test/app/stores/dynamodb/contract.test.ts'],
  },
  {
    name: 'a name that looks like a user id is parsed as one in Meta’s sentence',
    edits: [
      {
        file: 'app/channels/meta/person.ts',
        find: '.slice(-2);',
        replace: '.slice();',
      },
      {
        file: 'app/channels/meta/person.ts',
        find: 'id !== userId).slice(-1)',
        replace: 'id !== userId).slice(0, 1)',
      },
    ],
    proof: ['test/app/channels/meta/fixtures.test.ts'],
  },
];
