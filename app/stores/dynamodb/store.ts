import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type AwsPlace, clientSettings } from '../../aws/client.ts';
import { BY_TIME } from '../../aws/tables.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ConversationStore } from '../../ports/store.ts';
import { accepting } from './accepting.ts';
import { claiming } from './claiming.ts';
import { closing as closingOf } from './closing.ts';
import { correcting as correctingIn } from './correcting.ts';
import { erasing } from './erasing.ts';
import { forgetting } from './forgetting.ts';
import { openLeads } from './leads.ts';
import { leasing, writingUnderLease } from './leasing.ts';
import { letters } from './letters.ts';
import { LETTER_SHELF, WAITING_SHELVES } from './names.ts';
import { openParts } from './parts.ts';
import { findingPeople } from './people.ts';
import { reopening as reopeningOf } from './reopening.ts';
import { replying } from './replying.ts';
import { openSecret } from './secret.ts';
import { openStage } from './stage.ts';
import { recordingStatuses } from './statuses.ts';
import { openTable } from './table.ts';
import { waiting } from './waiting.ts';

interface DynamoDbStoreOptions extends AwsPlace {
  readonly conversationsTable: string;
  readonly stageTable: string;
  readonly clock: Clock;
  readonly newId: () => string;
  /** Absent: one of our own, which `close` ends. */
  readonly client?: DynamoDBClient;
}

/**
 * The store in DynamoDB, for any number of processes at once. Every step is one conditional write of one item, in an
 * order that lets the next claim, sweep or redelivery repair a crash between any two of them:
 * docs/decisions/0201-dynamodb-keys.md.
 */
export function createDynamoDbStore(options: DynamoDbStoreOptions): ConversationStore {
  const { clock, newId } = options;
  const client = options.client ?? new DynamoDBClient(clientSettings(options));
  const region = options.region ?? 'the region of the environment';
  const conversations = openTable(client, options.conversationsTable, region);
  const stageTable = openTable(client, options.stageTable, region);

  const secret = openSecret(conversations, newId);
  const stage = openStage(stageTable, clock);
  const parts = openParts(conversations, clock);
  const closing = closingOf({ conversations, stage, parts, clock });
  const reopening = reopeningOf({ conversations, stage, parts, newId });
  const underLease = writingUnderLease(conversations);
  const leads = openLeads(conversations, secret);
  const people = findingPeople({ conversations, secret, clock, newId });
  const correcting = correctingIn({ conversations, stageTable, stage, secret, clock });
  const { oldestLetterAt, hasLetter, ...deadLetters } = letters({
    conversations,
    stage,
    parts,
    closing,
    reopening,
    clock,
  });

  return {
    accept: accepting({ stage, people, secret, correcting, clock }),
    recordStatuses: recordingStatuses(conversations, reopening, secret, clock),
    claim: claiming({ conversations, stage, correcting, parts, closing, reopening, clock, newId }),
    ...leasing({ conversations, underLease, stage, closing, clock }),
    ...replying({ conversations, underLease, parts, closing, secret, clock }),
    ...waiting({ conversations, stageTable, stage, people, oldestLetterAt, clock }),
    ...deadLetters,
    forgetOld: forgetting({ conversations, stage, leads, hasLetter, clock }),
    erase: erasing({ conversations, stage, leads }),
    /** What a table's backups keep is AWS's, and ends by itself: docs/runbook.md. */
    async purge() {
      return true;
    },

    /** Reads from both tables and both indexes, with the rights that the work needs. */
    async ready() {
      const look = { index: BY_TIME, where: '#shelf = :shelf', pageSize: 1 };
      const tables = [
        conversations.pages({ ...look, values: { shelf: LETTER_SHELF } }),
        stageTable.pages({ ...look, values: { shelf: WAITING_SHELVES[0] ?? '' } }),
      ];
      await Promise.all(tables.map((pages) => pages.next()));
    },

    async close() {
      client.destroy();
    },
  };
}
