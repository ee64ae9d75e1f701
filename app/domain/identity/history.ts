import type { ConversationId } from '../conversation.ts';

/**
 * The period in which a name belonged to the person of a conversation: `from` inclusive, `until` exclusive, in milliseconds
 * since 1970 by the platform's clock. Without `until` it still does.
 */
export interface Ownership {
  readonly conversation: ConversationId;
  readonly from: number;
  readonly until?: number;
}

/** The owners of a name in order of time, without overlaps. Only the last one may have no `until`. */
export type History = readonly Ownership[];

/** A history is stored in one item. Carriers reuse a number after weeks, so 8 owners take years. */
const MAX_OWNERS = 8;

export function ownerAt(history: History, at: number): Ownership | undefined {
  return history.findLast(({ from, until = Number.POSITIVE_INFINITY }) => from <= at && at < until);
}

export function ownerNow(history: History): ConversationId | undefined {
  const last = history.at(-1);
  return last?.until === undefined ? last?.conversation : undefined;
}

/** Returns whether the history has an entry newer than `at`: then a message of that time is late. */
export function isLate(history: History, at: number): boolean {
  const last = history.at(-1);
  return last !== undefined && Math.max(last.from, last.until ?? 0) > at;
}

/** Returns the history with a new owner from `from` on. The current owner ends there. */
export function withOwner(history: History, conversation: ConversationId, from: number): History {
  const ended = history.map((one) => (one.until === undefined ? { ...one, until: from } : one));
  return [...ended, { conversation, from }].slice(-MAX_OWNERS);
}

/** Returns the history with an owner for the whole gap around `at`. */
export function withOwnerAt(history: History, conversation: ConversationId, at: number): History {
  const next = history.findIndex(({ from }) => from > at);
  const before = next === -1 ? history : history.slice(0, next);
  const after = next === -1 ? [] : history.slice(next);
  const until = after[0]?.from;
  const from = before.at(-1)?.until ?? 0;
  return [...before, { conversation, from, ...(until !== undefined && { until }) }, ...after].slice(
    -MAX_OWNERS,
  );
}

/** Returns the history in which the current owner ends at `until`. */
export function ended(history: History, until: number): History {
  return history.map((one) => (one.until === undefined ? { ...one, until } : one));
}

/** Returns the history without a deleted conversation. */
export function withoutOwner(history: History, conversation: ConversationId): History {
  return history.filter((one) => one.conversation !== conversation);
}
