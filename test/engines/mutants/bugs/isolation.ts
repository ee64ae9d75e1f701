import type { SeededBug } from './seeded-bug.ts';

/** What breaks the promise "isolation". */
export const isolation: readonly SeededBug[] = [
  {
    name: 'one person who is refused makes everybody rest',
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
    name: "a queue's URL leads past the endpoint that was set",
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
    name: 'a call that the database cannot take fails its neighbours',
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
    name: 'one pause of Meta stops everybody',
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
    name: 'the rate of a number is not kept',
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
    name: 'a number leads to who had it before, whatever user id it comes with',
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
    name: 'a number goes on leading to who announced that they left it',
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
    name: 'an announced change takes the conversation of somebody else who had the number before',
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
    name: 'what is written for one person goes to the number that another has now',
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
    name: 'a change that was replayed after its id was forgotten is followed',
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
    name: 'a conversation that lost its number sends there in DynamoDB',
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
    name: 'a name that looks like a user id is believed in Meta’s sentence',
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
  {
    name: 'a status of one business counts the price of a part of another',
    edits: [
      {
        file: 'app/stores/sqlite/statuses.ts',
        find: 'if (businessOf(turn.conversation) !== status.business) return ofUnknownPart(status);',
        replace: '',
      },
    ],
    proof: ['test/app/stores/sqlite/contract.test.ts'],
  },
];
