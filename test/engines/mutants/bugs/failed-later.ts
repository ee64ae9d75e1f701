import type { SeededBug } from './seeded-bug.ts';

/** Bugs of parts that WhatsApp accepts and then reports as failed. */
export const failedLater: readonly SeededBug[] = [
  {
    name: 'a failed status of a part that was sent is ignored',
    edits: [
      {
        file: 'app/domain/part.ts',
        find: "return state !== 'unsent' && progress === 'failed';",
        replace: "return state === 'sending' && progress === 'failed';",
      },
    ],
    proof: ['test/app/conversation/work/failed-later.test.ts'],
  },
  {
    name: 'a failed status of an earlier send counts for the later one',
    edits: [
      {
        file: 'app/domain/part.ts',
        find: 'part.failures.some((failure) => failure.id === id) || hasArrived(part.progress)',
        replace: 'hasArrived(part.progress)',
      },
    ],
    proof: ['test/app/domain/part.test.ts', 'test/app/stores/memory.test.ts'],
  },
  {
    name: 'a part that fails repeatedly is never given up',
    edits: [
      {
        file: 'app/conversation/send.ts',
        find: 'failures.length >= rules.maxAttempts',
        replace: 'Number.isNaN(failures.length)',
      },
    ],
    proof: ['test/app/conversation/work/failed-later.test.ts'],
  },
  {
    name: 'a failure that needs an operator is given up after a few failed statuses',
    edits: [
      {
        file: 'app/conversation/send.ts',
        find: 'if (alarm === undefined && failures',
        replace: 'if (failures',
      },
    ],
    proof: ['test/app/conversation/work/failed-later.test.ts'],
  },
  {
    name: 'a part is sent again after the reply window',
    edits: [
      {
        file: 'app/conversation/send.ts',
        find: 'if (!isWindowOpen(inboundAt, clock.now())) return outsideWindow(failure);',
        replace: 'void inboundAt;',
      },
    ],
    proof: ['test/app/conversation/work/failed-later.test.ts'],
  },
  {
    name: 'a part that failed and was delivered afterwards is sent again',
    edits: [
      {
        file: 'app/domain/part.ts',
        find: "if (part.state !== 'sending' && !hasFailed(part)) return part;",
        replace: '',
      },
    ],
    proof: ['test/app/domain/part.test.ts', 'test/app/stores/memory.test.ts'],
  },
  {
    name: 'the text of a failed part is deleted with its turn, in SQLite',
    edits: [
      {
        file: 'app/stores/sqlite/turns.ts',
        find: 'if (hasArrived(progress)) statements.clearText.run(key);',
        replace: "statements.clearText.run(progress === undefined ? '' : key);",
      },
      {
        file: 'app/stores/sqlite/statuses.ts',
        find: '!needsText(effect.sends, turnOfPart(turn))',
        replace: 'effect.sends.progress !== undefined',
      },
    ],
    proof: ['test/app/stores/sqlite/forgetting.test.ts'],
  },
  {
    name: 'a claim deletes a failed status that arrived during the claim, in DynamoDB',
    edits: [
      {
        file: 'app/stores/dynamodb/message-states.ts',
        find: "when: '#state = :waiting AND #nonce = :nonce',",
        replace: "when: '#state = :waiting AND (#nonce = :nonce OR attribute_exists(#nonce))',",
      },
    ],
    proof: ['test/app/stores/dynamodb/store.test.ts'],
  },
  {
    name: 'a failed status is recorded and its turn is not reopened after a crash, in DynamoDB',
    edits: [
      {
        file: 'app/stores/dynamodb/statuses.ts',
        find: 'if (needsTurn) await reopenings.add(part);',
        replace: 'if (needsTurn && sends !== part.sends) await reopenings.add(part);',
      },
    ],
    proof: ['test/app/stores/dynamodb/store.test.ts'],
  },
  {
    name: 'the user id is not tried after a phone that is unreachable',
    edits: [
      {
        file: 'app/resilience/two-addresses.ts',
        find: 'userId !== undefined && !failures.some(isUndeliverable)',
        replace: 'userId !== undefined && failures === undefined',
      },
    ],
    proof: ['test/app/channels/meta/failed-later.test.ts'],
  },
];
