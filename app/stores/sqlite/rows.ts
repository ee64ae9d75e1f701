import type { Conversation, Questions } from '../../domain/conversation.ts';
import type { ChannelName, Message } from '../../domain/message.ts';
import { type FailedSend, type Part, type Sends, shownPart, type TurnOfPart } from '../../domain/part.ts';
import type { Progress } from '../../domain/progress.ts';
import type { Turn } from '../../domain/turn.ts';
import { standingFrom } from '../standing-state.ts';
import { threadFrom } from '../thread-state.ts';
import { intact } from './checksums.ts';

/** The rows that `schema.ts` declares, and their mapping to the types of the port. */

export interface ConversationRow {
  readonly id: string;
  readonly channel: ChannelName;
  readonly number: string;
  readonly phone: string | null;
  readonly user_id: string | null;
  readonly account: string;
  readonly language: string | null;
  readonly registered: number;
  readonly thread: string | null;
  readonly thread_at: number | null;
  /** Written by `thread-state.ts`. */
  readonly thread_state: string | null;
  /** JSON of `Questions`. */
  readonly questions: string | null;
  /** Written by `standing-state.ts`. */
  readonly standing: string | null;
  readonly token: string | null;
  readonly lease_until: number;
  readonly retry_at: number;
  readonly turn: string | null;
  readonly last_at: number;
  readonly last_sent_at: number;
  readonly checksum: number | null;
}

/** A message that waits for its answer. */
export interface MessageRow {
  readonly arrival: number;
  readonly id: Uint8Array;
  readonly conversation: string;
  readonly sent_at: number;
  readonly message: string;
  readonly checksum: number | null;
}

export interface TurnRow {
  readonly id: string;
  readonly conversation: string;
  readonly attempts: number;
  readonly replied: number;
  /** Why it was given up. */
  readonly gave_up_reason: string | null;
  readonly finished: 0 | 1 | 2;
  readonly newest_at: number;
  readonly reopened: 0 | 1;
}

export interface PartRow {
  readonly key: string;
  readonly turn: string;
  readonly position: number;
  readonly text: string;
  readonly state: 0 | 1 | 2;
  readonly tried_at: number | null;
  readonly platform_id: Uint8Array | null;
  readonly progress: Progress | null;
  readonly code: string | null;
  readonly failures: string | null;
  readonly priced: 0 | 1;
  readonly thread: string | null;
  readonly question: number | null;
  readonly template: 0 | 1;
  readonly checksum: number | null;
}

export const WAITING = 0;
export const TAKEN = 1;
export const DONE = 2;
export const DEAD = 3;

export const OPEN = 0;
export const FINISHED = 1;
/** Finished and to be reopened, since one of its parts has failed. */
export const TO_REOPEN = 2;

export const UNSENT = 0;
export const SENDING = 1;

export const PART_STATES = ['unsent', 'sending', 'sent'] as const;

/** Throws `DamagedRow` when the row is not what was written. */
export function intactConversation<Row extends ConversationRow>(row: Row): Row {
  return intact('conversations', `the row of the conversation ${row.id}`, row);
}

/** Throws `DamagedRow` when the row is not what was written. */
export function messageFrom(row: MessageRow): Message {
  const what = `message ${row.arrival} of the conversation ${row.conversation}`;
  return JSON.parse(intact('messages', what, row).message) as Message;
}

/** Throws `DamagedRow` when the row is not what was written. */
export function intactPart(row: PartRow): PartRow {
  return intact('parts', `the part ${row.key} of a reply`, row);
}

/** Throws `DamagedRow` when the row is not what was written. */
export function conversationFrom(row: ConversationRow): Conversation {
  intactConversation(row);
  return {
    id: row.id,
    channel: row.channel,
    number: row.number,
    assistantUserId: row.account,
    person: {
      ...(row.phone !== null && { phone: row.phone }),
      ...(row.user_id !== null && { userId: row.user_id }),
    },
    registered: row.registered === 1,
    ...(row.language !== null && { language: row.language }),
    ...(row.thread !== null && { thread: threadFrom(row.thread, row.thread_at ?? 0, row.thread_state) }),
    ...(row.questions !== null && { questions: JSON.parse(row.questions) as Questions }),
    ...(row.standing !== null && { standing: standingFrom(row.id, row.standing) }),
  };
}

export function turnFrom(row: TurnRow, messages: readonly MessageRow[], parts: readonly PartRow[]): Turn {
  return {
    id: row.id,
    attempt: row.attempts,
    messages: messages.map(messageFrom),
    newestAt: row.newest_at,
    ...(row.reopened === 1 && { reopened: true }),
    ...(row.replied === 1 && { parts: parts.map(partFrom) }),
    ...(row.gave_up_reason !== null && { gaveUpReason: row.gave_up_reason }),
  };
}

/** Throws `DamagedRow` when the row is not what was written. */
export function partFrom(row: PartRow): Part {
  const { key, text, tried_at } = intactPart(row);
  return shownPart({ key, text, triedAt: tried_at ?? undefined }, sendsFrom(row));
}

export function sendsFrom(row: PartRow): Sends {
  return {
    state: PART_STATES[row.state],
    progress: row.progress ?? undefined,
    code: row.code ?? undefined,
    platformId: row.platform_id === null ? undefined : Buffer.from(row.platform_id).toString('base64url'),
    failures: row.failures === null ? [] : (JSON.parse(row.failures) as FailedSend[]),
    ...(row.priced === 1 && { priced: true }),
  };
}

export function turnOfPart({ gave_up_reason, reopened }: TurnRow): TurnOfPart {
  return { gaveUp: gave_up_reason !== null, reopened: reopened === 1 };
}
