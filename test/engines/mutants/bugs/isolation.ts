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
        find: "if (failure.failed !== 'Unavailable' && calls.length > 1)",
        replace: 'if (calls.length < 0)',
      },
    ],
    proof: ['test/app/stores/sqlite/engine.test.ts'],
  },
  {
    name: 'a turn takes what is listed as waiting, whoever wrote it',
    edits: [
      {
        file: 'app/stores/sqlite/turns.ts',
        find: ' AND conversation = ?1 AND state',
        replace: ' AND state',
      },
    ],
    proof: ['test/app/stores/sqlite/damaged-indexes.test.ts'],
  },
  {
    name: 'the texts of dead letters are not compared with their checksums',
    edits: [
      { file: 'app/stores/sqlite/dead-letters.ts', find: 'textOf(intactPart(row))', replace: 'textOf(row)' },
    ],
    proof: ['test/app/stores/sqlite/damaged-indexes.test.ts'],
  },
  {
    name: 'a cooldown of one scope stops everybody',
    edits: [
      {
        file: 'app/resilience/send-limits.ts',
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
        file: 'app/resilience/send-limits.ts',
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
  {
    name: 'an id that one business has seen is known to every business',
    edits: [
      {
        file: 'app/domain/identity.ts',
        find: 'return keyed(secret, plainDigest(`message|',
        replace: "message = { ...message, business: 'env' };\n  return keyed(secret, plainDigest(`message|",
      },
    ],
    proof: ['test/app/stores/isolation.test.ts'],
  },
  {
    name: 'an identity leads to the conversation of the former owner of the number in memory',
    edits: [
      {
        file: 'app/stores/memory/records.ts',
        find: "export function scopedName(message: Pick<Message, 'business' | 'channel' | 'number'>, name: string): string {",
        replace:
          "export function scopedName(message: Pick<Message, 'business' | 'channel' | 'number'>, name: string): string {\n  message = { ...message, business: 'env' };",
      },
    ],
    proof: ['test/app/stores/isolation.test.ts'],
  },
  {
    name: 'an identity leads to the conversation of the former owner of the number in SQLite',
    edits: [
      {
        file: 'app/stores/sqlite/identities.ts',
        find: 'return historyIn(scopeOf(message), message.number, name);',
        replace: "return historyIn(scopeOf({ ...message, business: 'env' }), message.number, name);",
      },
      {
        file: 'app/stores/sqlite/identities.ts',
        find: 'const scope = scopeOf(message);',
        replace: "const scope = scopeOf({ ...message, business: 'env' });",
      },
    ],
    proof: ['test/app/stores/isolation.test.ts'],
  },
  {
    name: 'an identity leads to the conversation of the former owner of the number in DynamoDB',
    edits: [
      {
        file: 'app/stores/dynamodb/items/keys.ts',
        find: 'return { conversation: identityPartition(secret, identity), item };',
        replace:
          'return { conversation: identityPartition(secret, identity), item: message.number || item };',
      },
    ],
    proof: ['test/app/stores/isolation.test.ts'],
  },
  {
    name: 'a status of another business is believed in memory',
    edits: [
      {
        file: 'app/stores/memory/statuses.ts',
        find: 'if (businessOf(found.turn.conversation) !== status.business) return ofUnknownPart(status);',
        replace: 'businessOf(found.turn.conversation);',
      },
    ],
    proof: ['test/app/stores/isolation.test.ts'],
  },
  {
    name: 'a status of another business is believed in SQLite',
    edits: [
      {
        file: 'app/stores/sqlite/statuses.ts',
        find: 'if (businessOf(turn.conversation) !== status.business) return ofUnknownPart(status);',
        replace: 'businessOf(turn.conversation);',
      },
    ],
    proof: ['test/app/stores/isolation.test.ts'],
  },
  {
    name: 'a status of another business is believed in DynamoDB',
    edits: [
      {
        file: 'app/stores/dynamodb/statuses.ts',
        find: 'if (part === undefined || businessOf(part.conversation) !== status.business)',
        replace: 'if (part === undefined || businessOf(part.conversation) === "")',
      },
    ],
    proof: ['test/app/stores/isolation.test.ts'],
  },
  {
    name: 'a business that takes over a number answers what its former owner was asked',
    edits: [
      {
        file: 'app/conversation/turn.ts',
        find: 'if (business === undefined || channel === undefined || business.id !== businessOf(id)) {',
        replace: 'if (business === undefined || channel === undefined || businessOf(id) === "") {',
      },
    ],
    proof: ['test/app/stores/isolation.test.ts'],
  },
  {
    name: 'the rest of a reply is sent from a number that has another owner by then',
    edits: [
      {
        file: 'app/conversation/send.ts',
        find: 'const business = await work.sender();',
        replace: 'const { business } = work;',
      },
    ],
    proof: ['test/app/stores/isolation.test.ts'],
  },
  {
    name: 'two businesses share the user of a person at the assistant',
    edits: [
      {
        file: 'app/domain/identity/resolve.ts',
        find: 'if (businessOf(conversation) !== ENV_BUSINESS) return',
        replace: 'if (businessOf(conversation) === "") return',
      },
    ],
    proof: ['test/app/stores/isolation.test.ts'],
  },
  {
    name: 'an erasure ends at the business that knows the name',
    edits: [
      {
        file: 'app/domain/identity/erasure.ts',
        find: 'return !isPhone(name);',
        replace: 'return !isPhone(name) && name === "";',
      },
    ],
    proof: ['test/app/stores/isolation.test.ts'],
  },
  {
    name: 'whoever signed a delivery may deliver for every business in it',
    edits: [
      {
        file: 'app/http/webhook.ts',
        find: 'const fields = await accept(delivery, verification.covers);',
        replace: 'const fields = await accept(delivery, undefined);',
      },
    ],
    proof: ['test/app/http/own-apps.test.ts'],
  },
  {
    name: 'the app of the deployment may deliver for a business that has its own',
    edits: [
      {
        file: 'app/channels/meta/app-secrets.ts',
        find: 'return own.length === 0 || own.some(',
        replace: 'return own.length >= 0 || own.some(',
      },
    ],
    proof: ['test/app/channels/meta/app-secrets.test.ts', 'test/app/http/own-apps.test.ts'],
  },
  {
    name: 'the app of one business may deliver for another one',
    edits: [
      {
        file: 'app/channels/meta/app-secrets.ts',
        find: 'ownSecrets(business).some((secret) => sameSecret(secret, signer))',
        replace: 'ownSecrets(business).some((secret) => sameSecret(secret, secret) || signer === "")',
      },
    ],
    proof: ['test/app/channels/meta/app-secrets.test.ts'],
  },
  {
    name: 'secrets of one business that cannot be read keep out the deliveries of another one',
    edits: [
      {
        file: 'app/channels/meta/app-secrets.ts',
        find: 'const all = await secretsOf(numbers);',
        replace:
          'const all = await secretsOf(numbers);\n    if (all.failure !== undefined) throw all.failure;',
      },
    ],
    proof: ['test/app/channels/meta/app-secrets.test.ts'],
  },
  {
    name: 'forged bodies keep out the deliveries of own apps',
    edits: [
      {
        file: 'app/channels/meta/app-secrets.ts',
        find: 'if (early !== undefined) return accepted(early, known);',
        replace: '',
      },
    ],
    proof: ['test/app/channels/meta/app-secrets.test.ts', 'test/app/http/own-apps.test.ts'],
  },
  {
    name: 'forged bodies cause look-ups without limit',
    edits: [
      {
        file: 'app/channels/meta/app-secrets.ts',
        find: 'if (waitMs > 0) throw tooMany(waitMs);',
        replace: 'if (waitMs < 0) throw tooMany(waitMs);',
      },
    ],
    proof: ['test/app/channels/meta/app-secrets.test.ts', 'test/app/http/own-apps.test.ts'],
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
