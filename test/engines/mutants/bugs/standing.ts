import type { SeededBug } from './seeded-bug.ts';

/** Standings, quoted parts, tokens, and what operators see. */
export const standing: readonly SeededBug[] = [
  {
    name: 'a standing is never replaced in SQLite',
    edits: [
      {
        file: 'app/stores/sqlite/turns.ts',
        find: 'standing === undefined ? row.standing :',
        replace: 'standing === undefined || row.standing !== null ? row.standing :',
      },
    ],
    proof: ['test/app/stores/sqlite/contract.test.ts'],
  },
  {
    name: 'an opt-out is forgotten with a person who is quiet',
    edits: [
      {
        file: 'app/domain/conversation.ts',
        find: 'optedOutAt === undefined ? IDS_KEPT_MS : OPT_OUTS_KEPT_MS',
        replace: 'optedOutAt === undefined ? IDS_KEPT_MS : IDS_KEPT_MS',
      },
    ],
    proof: ['test/app/stores/memory.test.ts', 'test/app/stores/dynamodb/contract.test.ts'],
  },
  {
    name: 'an opt-out is forgotten with a person who is quiet, in SQLite',
    edits: [
      {
        file: 'app/stores/sqlite/maintenance.ts',
        find: 'AND (last_at < ?2 OR ',
        replace: 'AND (last_at < ?1 OR ',
      },
    ],
    proof: ['test/app/stores/sqlite/contract.test.ts'],
  },
  {
    name: 'a standing is not stored in DynamoDB',
    edits: [
      {
        file: 'app/stores/dynamodb/items/conversation.ts',
        find: 'standing: standing && standingText(standing),',
        replace: 'standing: standing && undefined && standingText(standing),',
      },
    ],
    proof: ['test/app/stores/dynamodb/contract.test.ts'],
  },
  {
    name: 'a person sees what another one quotes, in memory',
    edits: [
      {
        file: 'app/stores/memory/replies.ts',
        find: 'if (found === undefined || found.turn.conversation !== lease.conversation) return undefined;',
        replace: 'if (found === undefined) return undefined;',
      },
    ],
    proof: ['test/app/stores/memory.test.ts', 'test/app/stores/isolation.test.ts'],
  },
  {
    name: 'a person sees what another one quotes, in SQLite',
    edits: [
      {
        file: 'app/stores/sqlite/replies.ts',
        find: 'WHERE platform_id = ? AND turns.conversation = ?',
        replace: 'WHERE platform_id = ? AND turns.conversation <> substr(?, 1, 0)',
      },
    ],
    proof: ['test/app/stores/sqlite/contract.test.ts', 'test/app/stores/isolation.test.ts'],
  },
  {
    name: 'a person sees what another one quotes, in DynamoDB',
    edits: [
      {
        file: 'app/stores/dynamodb/replies.ts',
        find: 'if (key?.conversation !== lease.conversation) return undefined;',
        replace: 'if (key === undefined) return undefined;',
      },
    ],
    proof: ['test/app/stores/dynamodb/contract.test.ts', 'test/app/stores/isolation.test.ts'],
  },
  {
    name: 'the tokens of an answer are counted with each write of its reply in SQLite',
    edits: [
      {
        file: 'app/stores/sqlite/replies.ts',
        find: 'const { turn } = requireLease(statements, lease);\n      if (turnWith.get(turn)?.replied !== 1) {',
        replace:
          'const { turn } = requireLease(statements, lease);\n      if (usage !== undefined) countTokens(now, businessOf(lease.conversation), usage);\n      usage = undefined;\n      if (turnWith.get(turn)?.replied !== 1) {',
      },
    ],
    proof: ['test/app/stores/sqlite/contract.test.ts'],
  },
  {
    name: 'the tokens of an answer are counted twice in DynamoDB when its reply is written twice at once',
    edits: [
      {
        file: 'app/stores/dynamodb/replies.ts',
        find: 'const isFirst = committed !== undefined && usage !== undefined;',
        replace: 'const isFirst = usage !== undefined;',
      },
    ],
    proof: ['test/app/stores/dynamodb/contract.test.ts'],
  },
  {
    name: 'parts are forgotten in DynamoDB before the last person quotes them',
    edits: [
      {
        file: 'app/stores/dynamodb/retention.ts',
        find: 'expires_at: expires_at ?? Math.ceil(clock.now() / 1000)',
        replace: 'expires_at: Math.ceil(clock.now() / 1000)',
      },
    ],
    proof: ['test/app/stores/dynamodb/replies.test.ts'],
  },
  {
    name: 'an operator reads what people are answered',
    edits: [
      {
        file: 'app/stores/shown.ts',
        find: 'return { ...part, isTemplate };',
        replace: 'return { ...part, text: _, isTemplate } as ShownPart;',
      },
    ],
    proof: ['test/app/stores/memory.test.ts'],
  },
];
