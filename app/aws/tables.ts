/**
 * The three tables as plain data: the tests create them from this, and the infrastructure is held against it.
 * docs/decisions/0201-dynamodb-keys.md draws what lies in them.
 */

export interface TableShape {
  readonly hashKey: string;
  readonly rangeKey?: string;
  /** Every attribute that is part of a key. */
  readonly attributes: Readonly<Record<string, 'S' | 'N'>>;
  readonly indexes: readonly IndexShape[];
  /** Seconds since 1970. DynamoDB deletes by it for nothing, but days late: logic never waits for it. */
  readonly ttlAttribute: string;
}

interface IndexShape {
  readonly name: string;
  readonly hashKey: string;
  readonly rangeKey: string;
  /** What the index shows besides its keys and the table's. */
  readonly shows: readonly string[];
}

/** Sparse: only items that have a shard are in it, and most have none. */
export const BY_TIME = 'by-time';

export const TABLES = {
  /** Conversations, the parts of their replies, dead letters, and the owners of identities. */
  conversations: {
    hashKey: 'conversation',
    rangeKey: 'item',
    attributes: { conversation: 'S', item: 'S', shard: 'S', at: 'N' },
    indexes: [{ name: BY_TIME, hashKey: 'shard', rangeKey: 'at', shows: [] }],
    ttlAttribute: 'expires_at',
  },
  /** Messages: waiting ones whole, answered ones as a remembered id. */
  stage: {
    hashKey: 'partition',
    rangeKey: 'message',
    attributes: { partition: 'S', message: 'S', shard: 'S', at: 'N' },
    indexes: [{ name: BY_TIME, hashKey: 'shard', rangeKey: 'at', shows: ['conversation'] }],
    ttlAttribute: 'expires_at',
  },
  /** A wake-up is on its way. */
  triggerLock: {
    hashKey: 'conversation',
    attributes: { conversation: 'S' },
    indexes: [],
    ttlAttribute: 'expires_at',
  },
} as const satisfies Record<string, TableShape>;
