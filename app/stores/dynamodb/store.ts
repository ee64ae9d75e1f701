import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type AwsPlace, clientSettings } from '../../aws/client.ts';
import { openTable } from '../../aws/table.ts';
import { BY_TIME } from '../../aws/tables.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ConversationStore } from '../../ports/store.ts';
import { openAliases } from './aliases.ts';
import { closing as closingOf } from './closing.ts';
import { openCorrections } from './corrections.ts';
import { openCosts } from './costs.ts';
import { openDeadLetters } from './dead-letters.ts';
import { openIdentities } from './identities.ts';
import { inbox } from './inbox.ts';
import { DEAD_LETTER_SHARD, WAITING_SHARDS } from './items/keys.ts';
import { underLease as underLeaseIn } from './lease.ts';
import { maintenance } from './maintenance.ts';
import { messageStates } from './message-states.ts';
import { openMessages } from './messages.ts';
import { operations } from './operations.ts';
import { openParts } from './parts.ts';
import { openReopenings } from './reopenings.ts';
import { openSecret } from './secret.ts';
import { recordingStatuses } from './statuses.ts';
import { turns } from './turns.ts';

interface DynamoDbStoreOptions extends AwsPlace {
  readonly conversationsTable: string;
  readonly stageTable: string;
  readonly clock: Clock;
  readonly newId: () => string;
  /** Default: a new client, which `close` destroys. */
  readonly client?: DynamoDBClient;
}

/**
 * The store in DynamoDB, for any number of concurrent processes. Every step is one conditional write of one item, in an
 * order in which the next claim, sweep or redelivery repairs a crash between any two of them:
 * docs/decisions/0201-dynamodb-keys.md.
 */
export function createDynamoDbStore(options: DynamoDbStoreOptions): ConversationStore {
  const { clock, newId, region } = options;
  const client = options.client ?? new DynamoDBClient(clientSettings(options));
  const conversations = openTable(client, options.conversationsTable, region);
  const messageTable = openTable(client, options.stageTable, region);
  const common = { conversations, messageTable, clock, newId };

  const secret = openSecret(conversations, newId);
  const messages = openMessages(messageTable, clock);
  const states = messageStates(messageTable, clock);
  const parts = openParts(conversations, clock);
  const aliases = openAliases(conversations, secret);
  const identities = openIdentities({ ...common, secret });
  const corrections = openCorrections({ ...common, messages, secret });
  const closing = closingOf({ ...common, states, parts });
  const reopenings = openReopenings({ ...common, states, parts });
  const deadLetters = openDeadLetters({ ...common, messages, states, parts, closing, reopenings });
  const underLease = underLeaseIn(conversations);
  const { count, countTokens, costs, tokens } = openCosts(common);
  const recordStatuses = recordingStatuses({ ...common, count, reopenings, secret });

  return {
    ...inbox({ messages, identities, secret, corrections, clock, recordStatuses }),
    ...turns({
      ...common,
      messages,
      corrections,
      parts,
      closing,
      reopenings,
      underLease,
      secret,
      countTokens,
    }),
    ...maintenance({ ...common, messages, states, identities, aliases, deadLetters }),
    ...operations({ ...common, states, aliases, deadLetters, messages, parts }),
    costs,
    tokens,

    /** Reads both tables and both indexes, with the permissions that the store needs. */
    async ready() {
      const first = { index: BY_TIME, where: '#shard = :shard', pageSize: 1 };
      const tables = [
        conversations.pages({ ...first, values: { shard: DEAD_LETTER_SHARD } }),
        messageTable.pages({ ...first, values: { shard: WAITING_SHARDS[0] ?? '' } }),
      ];
      await Promise.all(tables.map((pages) => pages.next()));
    },

    async close() {
      client.destroy();
    },
  };
}
