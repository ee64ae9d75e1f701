/**
 * The keys of the three tables, as data: the tests create their tables from it and compare the infrastructure with it.
 * docs/decisions/0201-dynamodb-keys.md describes the items.
 */

export interface TableShape {
  readonly hashKey: string;
  readonly rangeKey?: string;
  /** Every key attribute. */
  readonly attributes: Readonly<Record<string, 'S' | 'N'>>;
  readonly indexes: readonly IndexShape[];
  /** Seconds since 1970. DynamoDB deletes expired items free of charge, but days late: no logic depends on it. */
  readonly ttlAttribute: string;
}

interface IndexShape {
  readonly name: string;
  readonly hashKey: string;
  readonly rangeKey: string;
  /** Projected attributes besides the keys of the index and of the table. */
  readonly shows: readonly string[];
}

/** A sparse index: it holds only items with a shard, and most have none. */
export const BY_TIME = 'by-time';

export const TABLES = {
  /** Conversations, the parts of their replies, dead letters, the owners of identities, and counts of delivered parts and of tokens. */
  conversations: {
    hashKey: 'conversation',
    rangeKey: 'item',
    attributes: { conversation: 'S', item: 'S', shard: 'S', at: 'N' },
    indexes: [{ name: BY_TIME, hashKey: 'shard', rangeKey: 'at', shows: [] }],
    ttlAttribute: 'expires_at',
  },
  /** Messages: waiting ones in full, answered ones as a remembered id. */
  stage: {
    hashKey: 'partition',
    rangeKey: 'message',
    attributes: { partition: 'S', message: 'S', shard: 'S', at: 'N' },
    indexes: [{ name: BY_TIME, hashKey: 'shard', rangeKey: 'at', shows: ['conversation'] }],
    ttlAttribute: 'expires_at',
  },
  /** Wake-ups in flight. */
  triggerLock: {
    hashKey: 'conversation',
    attributes: { conversation: 'S' },
    indexes: [],
    ttlAttribute: 'expires_at',
  },
} as const satisfies Record<string, TableShape>;
