import type { Message } from '../../conversation/message.ts';
import type { Sends } from '../../conversation/part.ts';
import type { Clock, Conversation, ConversationId, Part, Turn } from '../../ports.ts';

export interface StoredMessage {
  readonly arrival: number;
  readonly receivedAt: number;
  readonly conversation: ConversationId;
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
}

/** Everything that is kept, and by what it is found. */
export interface Records {
  readonly clock: Clock;
  readonly newId: () => string;
  readonly messages: Map<string, StoredMessage>;
  readonly conversations: Map<ConversationId, StoredConversation>;
  /** Conversations by `identityKey`. */
  readonly identities: Map<string, ConversationId>;
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
    messages: new Map(),
    conversations: new Map(),
    identities: new Map(),
    turns: new Map(),
    parts: new Map(),
    partKeys: new Map(),
    busy: new Set(),
  };
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
