import type { SeededBug } from './seeded-bug.ts';

/** Bugs that break the promise "quiet". */
export const quiet: readonly SeededBug[] = [
  {
    name: 'the signature is not checked',
    edits: [
      {
        file: 'app/http/webhook.ts',
        find: 'if (!verification.ok) {',
        replace: 'if (verification === undefined) {',
      },
    ],
    proof: ['test/app/http/webhook.test.ts'],
  },
  {
    name: 'the signature is verified over the reserialised body',
    edits: [
      {
        file: 'app/channels/meta/webhook.ts',
        find: 'verifySignature(body,',
        replace: 'verifySignature(Buffer.from(JSON.stringify(parseJson(String(body))) ?? body),',
      },
    ],
    proof: ['test/app/http/webhook.test.ts'],
  },
  {
    name: 'every delivery is accepted when there is no secret',
    edits: [
      {
        file: 'app/channels/meta/signature.ts',
        find: "{ ok: false, reason: 'no_secret' };",
        replace: '{ ok: true, escaped: false };',
      },
    ],
    proof: ['test/app/channels/meta/signature.test.ts'],
  },
  {
    name: 'every delivery is accepted when there is no signature',
    edits: [
      {
        file: 'app/channels/meta/signature.ts',
        find: "return { ok: false, reason: 'missing' };",
        replace: 'return { ok: true, escaped: false };',
      },
    ],
    proof: ['test/app/channels/meta/signature.test.ts'],
  },
  {
    name: 'the text of a message stays after its answer',
    edits: [
      {
        file: 'app/stores/sqlite/statements.ts',
        find: 'message = NULL, checksum = NULL, turn = NULL',
        replace: 'turn = NULL',
      },
    ],
    proof: ['test/app/stores/sqlite/forgetting.test.ts'],
  },
  {
    name: 'the text of a reply stays after its last status',
    edits: [
      {
        file: 'app/stores/sqlite/statuses.ts',
        find: 'statements.clearText.run(part.key);',
        replace: 'void part;',
      },
    ],
    proof: ['test/app/stores/sqlite/forgetting.test.ts'],
  },
  {
    name: 'deleted data can be read in the file',
    edits: [
      {
        file: 'app/stores/sqlite/open.ts',
        find: 'PRAGMA secure_delete = ON;',
        replace: 'PRAGMA secure_delete = OFF;',
      },
    ],
    proof: ['test/app/stores/sqlite/forgetting.test.ts'],
  },
  {
    name: 'a redelivery restores an erased person, in SQLite',
    edits: [
      {
        file: 'app/stores/sqlite/inbox.ts',
        find: 'const earlier = arrivals.find(id);',
        replace: 'conversationOf(now, message); const earlier = arrivals.find(id);',
      },
    ],
    proof: ['test/app/stores/sqlite/contract.test.ts'],
  },
  {
    name: 'a redelivery restores an erased person, in DynamoDB',
    edits: [
      {
        file: 'app/stores/dynamodb/inbox.ts',
        find: 'found.mayBeKnown ? await messages.findAnywhere({ partition, id }) : undefined;',
        replace: 'await Promise.resolve<StoredMessage | undefined>(undefined);',
      },
    ],
    proof: ['test/app/stores/dynamodb/contract.test.ts'],
  },
  {
    name: 'only one of two merged conversations is erased, in SQLite',
    edits: [
      {
        file: 'app/stores/sqlite/erasure.ts',
        find: 'hasName.get(conversation) !== undefined',
        replace: 'true',
      },
    ],
    proof: ['test/app/stores/sqlite/contract.test.ts'],
  },
  {
    name: 'only one of two merged conversations is erased, in DynamoDB',
    edits: [
      {
        file: 'app/stores/dynamodb/person.ts',
        find: 'if (own !== undefined && (await aliases.hasIdentity(own))) named.add(conversation);',
        replace: 'named.add(conversation);',
      },
    ],
    proof: ['test/app/stores/dynamodb/contract.test.ts'],
  },
  {
    name: 'the messages of an erased person can still be linked to one person',
    edits: [
      {
        file: 'app/stores/sqlite/erasure.ts',
        find: "turn = NULL, conversation = '' WHERE",
        replace: 'turn = NULL WHERE',
      },
    ],
    proof: ['test/app/stores/sqlite/erased.test.ts'],
  },
  {
    name: 'an erasure also erases the previous owner of the number',
    edits: [
      {
        file: 'app/domain/identity/erasure.ts',
        find: 'owner === lastOwner(history) || !hasName(owner)',
        replace: 'owner !== undefined',
      },
    ],
    proof: ['test/app/stores/memory.test.ts'],
  },
  {
    name: 'a phone number is logged',
    edits: [
      {
        file: 'app/http/webhook.ts',
        find: "log.debug('delivery stored', { ",
        replace: "log.debug('delivery stored', { who: delivery.messages[0]?.person.phone, ",
      },
    ],
    proof: ['test/app/server.test.ts'],
  },
  {
    name: 'the text of a message is logged',
    edits: [
      {
        file: 'app/http/webhook.ts',
        find: "log.debug('delivery stored', { ",
        replace: "log.debug('delivery stored', { detail: delivery.messages[0]?.content.text, ",
      },
    ],
    proof: ['test/app/server.test.ts'],
  },
  {
    name: 'deleted data stays in the write-ahead log',
    edits: [
      {
        file: 'app/stores/sqlite/purge.ts',
        find: 'PRAGMA wal_checkpoint(TRUNCATE)',
        replace: 'PRAGMA wal_checkpoint(PASSIVE)',
      },
    ],
    proof: ['test/app/stores/sqlite/forgetting.test.ts'],
  },
  {
    name: 'erased data stays in the unused bytes of pages',
    edits: [
      {
        file: 'app/stores/sqlite/store.ts',
        find: "purge: () => purge('file')",
        replace: "purge: () => purge('log')",
      },
    ],
    proof: ['test/app/stores/sqlite/forgetting.test.ts'],
  },
  {
    name: 'a secret of one letter is accepted in production',
    edits: [
      { file: 'app/config/weak-values.ts', find: 'entry.length < MIN_LENGTH', replace: 'entry.length < 1' },
    ],
    proof: ['test/app/config.test.ts'],
  },
  {
    name: 'a local service is reachable from other machines',
    edits: [{ file: 'app/config/to-config.ts', find: 'host: values.HOST', replace: 'host: undefined' }],
    proof: ['test/app/config.test.ts', 'test/app/server.test.ts'],
  },
  {
    name: 'a retried question counts again',
    edits: [
      {
        file: 'app/conversation/quota.ts',
        find: 'known?.turn === turn',
        replace: 'known?.turn === undefined',
      },
    ],
    proof: ['test/app/conversation/work/quota.test.ts'],
  },
];
