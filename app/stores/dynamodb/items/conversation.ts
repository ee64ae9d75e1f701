import { z } from 'zod';
import type { Item, Values } from '../../../aws/expressions.ts';
import type { Conversation, Facts, Questions } from '../../../domain/conversation.ts';
import { standingFrom, standingText } from '../../standing-state.ts';
import { threadFrom, threadStateText } from '../../thread-state.ts';
import { type MessageRef, readRef } from './message-ref.ts';
import { readItem } from './read.ts';

/** A conversation's own item. */
export interface ConversationItem {
  readonly conversation: Conversation;
  /** Present and former identities of its person. */
  readonly identities: readonly string[];
  /** Partitions of its messages, first that of the message that opened it. */
  readonly partitions: readonly [string, ...string[]];
  readonly fence: number;
  readonly token: string | undefined;
  readonly leaseUntil: number;
  readonly retryAt: number;
  readonly lastAt: number;
  /** True once a turn had to be reopened: then the records of reopenings are read with the messages. */
  readonly hadReopening: boolean;
  readonly openedAt: number;
  /** Platform time of the newest message that a turn has taken, or that opened the conversation. */
  readonly lastSentAt: number;
  /** The open turn, or the last one. */
  readonly turn: TurnItem | undefined;
}

export interface TurnItem {
  readonly id: string;
  readonly messages: readonly MessageRef[];
  readonly newestAt: number;
  readonly reopened: boolean;
  readonly attempts: number;
  /** Positions of the parts that belong to the reply, once it is written. */
  readonly positions: readonly number[] | undefined;
  readonly nextPosition: number;
  readonly gaveUp:
    | { readonly reason: string; readonly at: number; readonly attempts: number | undefined }
    | undefined;
  /** The token of the claim that finished it. Its messages may not be closed yet. */
  readonly finishedBy: string | undefined;
}

const text = z.string().optional();
const number = z.number().optional();
const flag = z.boolean().optional();
const strings = z.set(z.string()).optional();
const channel = z.string();

const schema = z.object({
  ...{ conversation: z.string(), channel, number: z.string(), account: z.string() },
  ...{ phone: text, user_id: text, identities: strings },
  ...{ partition: z.string(), partitions: strings },
  ...{ fence: z.number(), token: text, lease_until: z.number(), retry_at: z.number() },
  ...{ last_at: z.number(), opened_at: z.number(), last_sent_at: z.number(), had_reopening: flag },
  ...{ language: text, registered: flag, thread: text, thread_at: number, thread_state: text },
  ...{ questions: text, standing: text },
  ...{ turn: text, turn_messages: z.array(z.string()).default([]), turn_newest_at: number },
  ...{ turn_reopened: flag, turn_attempts: number },
  ...{ turn_positions: z.array(z.number()).optional(), turn_next_position: number },
  ...{ turn_gave_up: text, turn_gave_up_at: number, turn_gave_up_attempts: number },
  turn_finished_by: text,
});
type Stored = z.infer<typeof schema>;

export function conversationFrom(item: Item): ConversationItem {
  const stored = readItem(schema, item);
  const { conversation: id, phone, user_id, partition } = stored;
  return {
    conversation: {
      id,
      channel: stored.channel,
      number: stored.number,
      assistantUserId: stored.account,
      person: { ...(phone !== undefined && { phone }), ...(user_id !== undefined && { userId: user_id }) },
      ...factsFrom(stored),
    },
    identities: [...(stored.identities ?? [])],
    partitions: [partition, ...[...(stored.partitions ?? [])].filter((other) => other !== partition)],
    fence: stored.fence,
    token: stored.token,
    leaseUntil: stored.lease_until,
    retryAt: stored.retry_at,
    lastAt: stored.last_at,
    hadReopening: stored.had_reopening ?? false,
    openedAt: stored.opened_at,
    lastSentAt: stored.last_sent_at,
    turn: turnFrom(stored),
  };
}

function turnFrom(stored: Stored): TurnItem | undefined {
  const { turn: id, turn_gave_up: reason, turn_gave_up_at: at = 0, turn_gave_up_attempts: attempts } = stored;
  if (id === undefined) return undefined;
  return {
    id,
    messages: stored.turn_messages.map((ref) => readRef(ref, stored.partition)),
    newestAt: stored.turn_newest_at ?? 0,
    reopened: stored.turn_reopened ?? false,
    attempts: stored.turn_attempts ?? 0,
    positions: stored.turn_positions,
    nextPosition: stored.turn_next_position ?? 0,
    gaveUp: reason === undefined ? undefined : { reason, at, attempts },
    finishedBy: stored.turn_finished_by,
  };
}

function factsFrom(stored: Stored): Facts {
  const { language, registered, thread, thread_at = 0, thread_state, questions, standing } = stored;
  return {
    ...(language !== undefined && { language }),
    ...(registered !== undefined && { registered }),
    ...(thread !== undefined && { thread: threadFrom(thread, thread_at, thread_state) }),
    ...(questions !== undefined && { questions: JSON.parse(questions) as Questions }),
    ...(standing !== undefined && { standing: standingFrom(stored.conversation, standing) }),
  };
}

export function factValues({ language, registered, thread, questions, standing }: Facts): Values {
  return {
    language,
    registered,
    thread: thread?.id,
    thread_at: thread?.lastAt,
    thread_state: thread && threadStateText(thread),
    questions: questions && JSON.stringify(questions),
    standing: standing && standingText(standing),
  };
}

/** Returns true for a conversation with an open turn. */
export function hasOpenTurn({ turn }: Pick<ConversationItem, 'turn'>): boolean {
  return turn !== undefined && turn.finishedBy === undefined;
}
