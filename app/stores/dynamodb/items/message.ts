import { z } from 'zod';
import type { Item } from '../../../aws/expressions.ts';
import type { ConversationId } from '../../../domain/conversation.ts';
import type { Change } from '../../../domain/correction.ts';
import type { Message } from '../../../domain/message.ts';
import type { Arrived } from '../../../domain/turn.ts';
import type { MessageRef } from './message-ref.ts';
import { readItem } from './read.ts';

/** A message as it is in the message table. */
export interface StoredMessage extends MessageRef, Arrived {
  readonly conversation: ConversationId;
  /** `ahead`: a correction came before the message, and is stored in its place. */
  readonly state: 'waiting' | 'done' | 'dead' | 'ahead';
  /** Microseconds since 1970, unique within a process: the order in which messages came. */
  readonly arrival: number;
  /** What is `ahead`. */
  readonly change: Change | undefined;
  /** Set when this is no message, but says that a finished turn has a failed part. */
  readonly reopening: Reopening | undefined;
  /** Seconds since 1970. */
  readonly expiresAt: number | undefined;
}

export interface Reopening {
  readonly turn: string;
  /** Another one each time it is written. */
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

/** A waiting message as the index shows it. */
export const indexedMessage = z.object({
  ...{ partition: z.string(), message: z.string(), conversation: z.string() },
  at: z.number(),
});
export type IndexedMessage = z.infer<typeof indexedMessage>;
