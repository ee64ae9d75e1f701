import { z } from 'zod';
import type { Item, Key } from '../../../aws/expressions.ts';
import type { ConversationId } from '../../../domain/conversation.ts';
import type { History, Ownership } from '../../../domain/identity/history.ts';
import { readItem } from './read.ts';

/** An identity's item: its owners, present and former, for one business number. */
export interface IdentityAlias {
  readonly identity: string;
  readonly key: Key;
  readonly history: History;
  /** Incremented by every write; 0 without an item. */
  readonly version: number;
  /** The conversation whose item exists and lists this identity. */
  readonly conversation: ConversationId | undefined;
  /** The conversation that lists the message partition of this identity, with the times of its last use and its opening. */
  readonly partitionOf: ConversationId | undefined;
  readonly seenAt: number;
  readonly openedAt: number;
}

const schema = z.object({
  ...{ owners: z.array(z.string()).default([]), version: z.number() },
  ...{ conversation_id: z.string().optional(), partition_of: z.string().optional() },
  ...{ seen_at: z.number().default(0), opened_at: z.number().default(0) },
});

/** Returns the alias in an item; one without owners for a missing item. */
export function aliasFrom(identity: string, key: Key, item: Item | undefined): IdentityAlias {
  const stored = item === undefined ? undefined : readItem(schema, item);
  return {
    ...{ identity, key, history: (stored?.owners ?? []).map(readOwner), version: stored?.version ?? 0 },
    ...{ conversation: stored?.conversation_id, partitionOf: stored?.partition_of },
    ...{ seenAt: stored?.seen_at ?? 0, openedAt: stored?.opened_at ?? 0 },
  };
}

export function ownersIn(history: History): string[] {
  return history.map(({ from, until, conversation }) => `${from}.${until ?? ''}.${conversation}`);
}

function readOwner(written: string): Ownership {
  const [from = '', until = '', conversation = ''] = written.split('.');
  return { conversation, from: Number(from), ...(until !== '' && { until: Number(until) }) };
}

/** Returns a condition that holds only if the item is unchanged since the read. */
export function aliasUnchanged({ version }: IdentityAlias) {
  if (version === 0) return { when: 'attribute_not_exists(#version)' };
  return { when: '#version = :seen', values: { seen: version } };
}
