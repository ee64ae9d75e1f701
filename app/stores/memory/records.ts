import { scopeOf } from '../../domain/business.ts';
import type { Conversation, ConversationId } from '../../domain/conversation.ts';
import type { Change } from '../../domain/correction.ts';
import { type History, withoutOwner } from '../../domain/identity/history.ts';
import type { StoreSecret } from '../../domain/identity.ts';
import type { Message } from '../../domain/message.ts';
import { type Part, type Sends, shownPart, type TurnOfPart } from '../../domain/part.ts';
import type { Cost } from '../../domain/pricing.ts';
import type { Arrived, Turn } from '../../domain/turn.ts';
import type { TokenCount } from '../../domain/usage.ts';
import type { Clock } from '../../ports/clock.ts';
import type { AnsweredQuestion } from '../quoted.ts';

export interface StoredMessage extends Arrived {
  readonly arrival: number;
  readonly receivedAt: number;
  /** Empty when its person was erased, or is unknown. */
  conversation: ConversationId;
  state: 'waiting' | 'taken' | 'done' | 'dead';
  /** Deleted once it is answered. */
  message: Message | undefined;
}

export interface StoredPart {
  readonly key: string;
  text: string;
  readonly isTemplate: boolean;
  readonly thread: AnsweredQuestion | undefined;
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
  /** The position of the next added part. */
  nextPosition: number;
  /** The question that its reply answered. */
  answered?: { readonly id: string; readonly question: number };
  gaveUp?: { readonly reason: string; readonly at: number; readonly attempts: number };
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
  /** Platform time of the newest message that a turn has taken, or that opened the conversation. */
  lastSentAt: number;
}

/** A correction whose message has not arrived. */
interface StoredCorrection {
  /** The remembered id of the message. */
  readonly message: string;
  readonly conversation: ConversationId;
  readonly receivedAt: number;
  readonly change: Change;
}

/** All records with their indexes. */
export interface Records {
  readonly clock: Clock;
  readonly newId: () => string;
  readonly secret: StoreSecret;
  readonly messages: Map<string, StoredMessage>;
  /** By the message's id and the conversation. */
  readonly corrections: Map<string, StoredCorrection>;
  readonly conversations: Map<ConversationId, StoredConversation>;
  /** The present and former owners of each identity, by `scopedName`. */
  readonly histories: Map<string, History>;
  readonly turns: Map<string, StoredTurn>;
  readonly parts: Map<string, { readonly turn: StoredTurn; readonly part: StoredPart }>;
  /** Keys of parts by the platform's id, as it is remembered. */
  readonly partKeys: Map<string, string>;
  /** Conversations with work; the sweep reads no others. */
  readonly busy: Set<StoredConversation>;
  /** By month, business and price. */
  readonly costs: Map<string, Cost>;
  /** By month and business. */
  readonly tokens: Map<string, TokenCount & { readonly month: string }>;
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
    costs: new Map(),
    tokens: new Map(),
  };
}

/** Returns an identity in the scope of one number of a business. */
export function scopedName(message: Pick<Message, 'business' | 'channel' | 'number'>, name: string): string {
  return `${scopeOf(message)}|${message.number}|${name}`;
}

/** Returns the identity in a `scopedName`. */
export function nameIn(scoped: string): string {
  return scoped.split('|')[2] ?? '';
}

export function oldestArrival(messages: readonly StoredMessage[]): number {
  return Math.min(...messages.map(({ receivedAt }) => receivedAt));
}

export function oldestWork({ waiting, failed, turn }: StoredConversation): number {
  if (failed.length > 0) return 0;
  return Math.min(...[...waiting, ...(turn?.messages ?? [])].map((stored) => stored.arrival));
}

export function turnFrom(turn: StoredTurn): Turn {
  return {
    id: turn.id,
    attempt: turn.attempts,
    messages: turn.messages.flatMap(({ message }) => (message === undefined ? [] : [message])),
    newestAt: turn.newestAt,
    ...(turn.reopened && { reopened: true }),
    ...(turn.parts !== undefined && { parts: partsOf(turn) }),
    ...(turn.gaveUp !== undefined && { gaveUpReason: turn.gaveUp.reason }),
  };
}

export function partsOf({ parts = [] }: StoredTurn): readonly Part[] {
  return parts.map(({ key, text, triedAt, sends }) => shownPart({ key, text, triedAt }, sends));
}

export function turnOfPart({ gaveUp, reopened }: StoredTurn): TurnOfPart {
  return { gaveUp: gaveUp !== undefined, reopened };
}

export function deleteTurn({ turns, parts, partKeys }: Records, turn: StoredTurn): void {
  turns.delete(turn.id);
  for (const part of turn.parts ?? []) {
    parts.delete(part.key);
    const { platformId = '', failures } = part.sends;
    for (const id of [platformId, ...failures.map((failure) => failure.id)]) partKeys.delete(id);
  }
}

export function deleteConversation(
  { busy, conversations, histories }: Records,
  conversation: StoredConversation,
): void {
  const { id } = conversation.conversation;
  busy.delete(conversation);
  conversations.delete(id);
  for (const [name, history] of histories) {
    const left = withoutOwner(history, id);
    if (left.length === 0) histories.delete(name);
    else if (left.length < history.length) histories.set(name, left);
  }
}
