import type { SeededBug } from './seeded-bug.ts';

/** What breaks the promise "quiet". */
export const quiet: readonly SeededBug[] = [
  {
    name: 'the signature is not checked',
    edits: [
      { file: 'app/http/webhook.ts', find: 'if (!verified.ok) {', replace: 'if (verified === undefined) {' },
    ],
    proof: ['test/app/http/webhook.test.ts'],
  },
  {
    name: 'the signature is compared over the body written anew',
    edits: [
      {
        file: 'app/http/webhook.ts',
        find: 'door.verify(rawBody,',
        replace: 'door.verify(Buffer.from(JSON.stringify(parseJson(rawBody)) ?? rawBody),',
      },
    ],
    proof: ['test/app/http/webhook.test.ts'],
  },
  {
    name: 'the door is open when there is no secret',
    edits: [
      {
        file: 'app/channels/meta/signature.ts',
        find: "{ ok: false, why: 'no_secret' };",
        replace: '{ ok: true, escaped: false };',
      },
    ],
    proof: ['test/app/channels/meta/signature.test.ts'],
  },
  {
    name: 'the door is open when there is no signature',
    edits: [
      {
        file: 'app/channels/meta/signature.ts',
        find: "return { ok: false, why: 'missing' };",
        replace: 'return { ok: true, escaped: false };',
      },
    ],
    proof: ['test/app/channels/meta/signature.test.ts'],
  },
  {
    name: 'the text of a message stays after its answer',
    edits: [
      { file: 'app/stores/sqlite/working.ts', find: 'message = NULL, turn = NULL', replace: 'turn = NULL' },
    ],
    proof: ['test/app/stores/sqlite/forgetting.test.ts'],
  },
  {
    name: 'the text of a reply stays after its last status',
    edits: [
      {
        file: 'app/stores/sqlite/statuses.ts',
        find: 'if (turn.finished !== OPEN && isSettled(after.progress, turn)) clear.run(part.key);',
        replace: '',
      },
    ],
    proof: ['test/app/stores/sqlite/forgetting.test.ts'],
  },
  {
    name: 'what is deleted can be read in the file',
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
    name: 'a redelivery brings back a person who was erased, in SQLite',
    edits: [
      {
        file: 'app/stores/sqlite/accepting.ts',
        find: 'const earlier = arrivals.find(id);',
        replace: 'conversationOf(now, message); const earlier = arrivals.find(id);',
      },
    ],
    proof: ['test/app/stores/sqlite/contract.test.ts'],
  },
  {
    name: 'a redelivery brings back a person who was erased, in DynamoDB',
    edits: [
      {
        file: 'app/stores/dynamodb/accepting.ts',
        find: 'found.mayBeKnown ? await stage.findAnywhere({ lane: found.lane, id }) : undefined;',
        replace: 'await Promise.resolve<Staged | undefined>(undefined);',
      },
    ],
    proof: ['test/app/stores/dynamodb/contract.test.ts'],
  },
  {
    name: 'who was two people before is erased by half, in SQLite',
    edits: [
      {
        file: 'app/stores/sqlite/erasing.ts',
        find: 'conversation === last || hasName.get(conversation) === undefined',
        replace: 'conversation === last',
      },
    ],
    proof: ['test/app/stores/sqlite/contract.test.ts'],
  },
  {
    name: 'who was two people before is erased by half, in DynamoDB',
    edits: [
      {
        file: 'app/stores/dynamodb/erasing.ts',
        find: 'if (id !== last && held !== undefined && (await leads.hasName(held))) continue;',
        replace: 'if (id !== last) continue;',
      },
    ],
    proof: ['test/app/stores/dynamodb/contract.test.ts'],
  },
  {
    name: 'the messages of a person who was erased still say that they were one person’s',
    edits: [
      {
        file: 'app/stores/sqlite/erasing.ts',
        find: "turn = NULL, conversation = '' WHERE",
        replace: 'turn = NULL WHERE',
      },
    ],
    proof: ['test/app/stores/sqlite/erased.test.ts'],
  },
  {
    name: 'an erasure takes who had the number before, too',
    edits: [
      {
        file: 'app/stores/memory/upkeep.ts',
        find: 'if (conversation === last || !named.has(conversation)) found.add(conversation);',
        replace: 'if (conversation !== last || named.size > 0) found.add(conversation);',
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
    name: 'what was deleted stays in the log of the database',
    edits: [
      {
        file: 'app/stores/sqlite/purging.ts',
        find: 'PRAGMA wal_checkpoint(TRUNCATE)',
        replace: 'PRAGMA wal_checkpoint(PASSIVE)',
      },
    ],
    proof: ['test/app/stores/sqlite/forgetting.test.ts'],
  },
  {
    name: 'what was erased stays in the unused bytes of pages',
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
    name: 'a secret of one letter is taken in production',
    edits: [
      { file: 'app/config/weak-values.ts', find: 'entry.length < MIN_LENGTH', replace: 'entry.length < 1' },
    ],
    proof: ['test/app/config.test.ts'],
  },
  {
    name: 'a local service is reached from other machines',
    edits: [{ file: 'app/config/to-config.ts', find: 'host: values.HOST', replace: 'host: undefined' }],
    proof: ['test/app/config.test.ts', 'test/app/server.test.ts'],
  },
  {
    name: 'a question that is tried again counts again',
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
