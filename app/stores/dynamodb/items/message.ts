import { z } from 'zod';
import type { Item } from '../../../aws/expressions.ts';
import type { ConversationId } from '../../../domain/conversation.ts';
import type { Change } from '../../../domain/correction.ts';
import type { Message } from '../../../domain/message.ts';
import type { Arrived } from '../../../domain/turn.ts';
import type { MessageRef } from './message-ref.ts';
import { readItem } from './read.ts';

/** An item of the message table. */
export interface StoredMessage extends MessageRef, Arrived {
  readonly conversation: ConversationId;
  /** `ahead`: a correction that arrived before its message, stored in the message's place. */
  readonly state: 'waiting' | 'done' | 'dead' | 'ahead';
  /** Order of arrival: microseconds since 1970, unique within a process. */
  readonly arrival: number;
  /** The correction of an `ahead` item. */
  readonly change: Change | undefined;
  /** Set when the item is not a message but the record that a finished turn has a failed part. */
  readonly reopening: Reopening | undefined;
  /** Seconds since 1970. */
  readonly expiresAt: number | undefined;
}

export interface Reopening {
  readonly turn: string;
  /** New with every write. */
  readonly nonce: string;
}

const schema = z.object({
  ...{ partition: z.string(), message: z.string(), conversation: z.string() },
  state: z.enum(['waiting', 'done', 'dead', 'ahead']),
  ...{ arrival: z.number(), redrives: z.number() },
  ...{ content: z.string().optional(), change: z.string().optional() },
  ...{ turn: z.string().optional(), nonce: z.string().default('') },
  expires_at: z.number().optional(),
});

export function messageFrom(item: Item): StoredMessage {
  const stored = readItem(schema, item);
  const { partition, conversation, state, arrival, redrives, content, change, turn, nonce } = stored;
  return {
    ...{ partition, id: stored.message, conversation, state, arrival, redrives },
    message: content === undefined ? undefined : (JSON.parse(content) as Message),
    change: change === undefined ? undefined : (JSON.parse(change) as Change),
    reopening: turn === undefined ? undefined : { turn, nonce },
    expiresAt: stored.expires_at,
  };
}

export function messageKey({ partition, id }: Pick<MessageRef, 'partition' | 'id'>) {
  return { partition, message: id };
}

/** A waiting message as projected into the index. */
export const indexedMessage = z.object({
  ...{ partition: z.string(), message: z.string(), conversation: z.string() },
  at: z.number(),
});
export type IndexedMessage = z.infer<typeof indexedMessage>;
