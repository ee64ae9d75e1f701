import type { Conversation, ConversationId } from '../../domain/conversation.ts';
import type { Change } from '../../domain/correction.ts';
import type { History } from '../../domain/identity/history.ts';
import type { StoreSecret } from '../../domain/identity.ts';
import type { ChannelName, Message } from '../../domain/message.ts';
import type { Part, Sends } from '../../domain/part.ts';
import type { Turn } from '../../domain/turn.ts';
import type { Clock } from '../../ports/clock.ts';

export interface StoredMessage {
  readonly arrival: number;
  readonly receivedAt: number;
  /** Empty: of a person who was erased, or of nobody. */
  conversation: ConversationId;
  state: 'waiting' | 'taken' | 'done' | 'dead';
  /** Gone once it is answered. */
  message: Message | undefined;
}

export interface StoredPart {
  readonly key: string;
  text: string;
  triedAt?: number;
  sends: Sends;
}

export interface StoredTurn {
  readonly id: string;
  readonly conversation: ConversationId;
  readonly openedAt: number;
  readonly newestAt: number;
  messages: StoredMessage[];
  attempts: number;
  parts?: StoredPart[];
  partsWritten: number;
  buried?: { readonly reason: string; readonly at: number };
  finished: boolean;
  reopened: boolean;
}

export interface StoredConversation {
  conversation: Conversation;
  waiting: StoredMessage[];
  /** Finished turns with a failed part, the oldest first. */
  failed: StoredTurn[];
  turn?: StoredTurn;
  token?: string;
  leaseUntil: number;
  retryAt: number;
  lastAt: number;
  /** When the newest message was sent that a turn has taken, or that opened the conversation. */
  lastSentAt: number;
}

/** A correction whose message has not come. */
interface StoredCorrection {
  /** The remembered id of the message. */
  readonly message: string;
  readonly conversation: ConversationId;
  readonly receivedAt: number;
  readonly change: Change;
}

/** Everything that is kept, and by what it is found. */
export interface Records {
  readonly clock: Clock;
  readonly newId: () => string;
  readonly secret: StoreSecret;
  readonly messages: Map<string, StoredMessage>;
  /** By the message's id and the conversation. */
  readonly corrections: Map<string, StoredCorrection>;
  readonly conversations: Map<ConversationId, StoredConversation>;
  /** Whose a name is and was, by `scopedName`. */
  readonly histories: Map<string, History>;
  readonly turns: Map<string, StoredTurn>;
  readonly parts: Map<string, { readonly turn: StoredTurn; readonly part: StoredPart }>;
  /** Keys of parts by the platform's id, as it is remembered. */
  readonly partKeys: Map<string, string>;
  /** Conversations with work: the only ones that the sweep has to look at. */
  readonly busy: Set<StoredConversation>;
}

export function noRecords(clock: Clock, newId: () => string): Records {
  return {
    clock,
    newId,
    secret: newId(),
    messages: new Map(),
    corrections: new Map(),
    conversations: new Map(),
    histories: new Map(),
    turns: new Map(),
    parts: new Map(),
    partKeys: new Map(),
    busy: new Set(),
  };
}

/** A name under which a person is known to one business number. */
export function scopedName(channel: ChannelName, number: string, name: string): string {
  return `${channel}|${number}|${name}`;
}

export function bySentThenArrival(a: StoredMessage, b: StoredMessage): number {
  return (a.message?.sentAt ?? 0) - (b.message?.sentAt ?? 0) || a.arrival - b.arrival;
}

export function oldestArrival(messages: readonly StoredMessage[]): number {
  return Math.min(...messages.map(({ receivedAt }) => receivedAt));
}

export function oldestWork({ waiting, failed, turn }: StoredConversation): number {
  if (failed.length > 0) return 0;
  return Math.min(...[...waiting, ...(turn?.messages ?? [])].map((stored) => stored.arrival));
}

export function shown(turn: StoredTurn): Turn {
  return {
    id: turn.id,
    attempt: turn.attempts,
    messages: turn.messages.flatMap(({ message }) => (message === undefined ? [] : [message])),
    newestAt: turn.newestAt,
    ...(turn.reopened && { reopened: true }),
    ...(turn.parts !== undefined && { parts: turn.parts.map(shownPart) }),
    ...(turn.buried !== undefined && { buried: turn.buried.reason }),
  };
}

export function shownPart({ key, text, triedAt, sends }: StoredPart): Part {
  const { state, progress, code, failures } = sends;
  return {
    ...{ key, text, state },
    ...(triedAt !== undefined && { triedAt }),
    ...(progress !== undefined && { progress }),
    ...(code !== undefined && { code }),
    ...(failures.length > 0 && { failures: failures.map((failure) => failure.code) }),
  };
}
