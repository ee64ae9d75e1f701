import type { ConversationId } from '../conversation.ts';

/**
 * That a name belonged to the person of a conversation from one time, inclusive, until another, exclusive; milliseconds
 * since 1970 by the platform's clock. Without `until` it still does.
 */
export interface Ownership {
  readonly conversation: ConversationId;
  readonly from: number;
  readonly until?: number;
}

/** Who owned a name, in order of time and without overlaps. At most the last one has no `until`. */
export type History = readonly Ownership[];

/** A store keeps a name's history in one item. Carriers reuse a number after weeks, so 8 owners are years. */
const MAX_OWNERS = 8;

export function ownerAt(history: History, at: number): Ownership | undefined {
  return history.findLast(({ from, until = Number.POSITIVE_INFINITY }) => from <= at && at < until);
}

export function ownerNow(history: History): ConversationId | undefined {
  const last = history.at(-1);
  return last?.until === undefined ? last?.conversation : undefined;
}

/** Whether something is known of the name that is newer than `at`: then a message of that time came late. */
export function isLate(history: History, at: number): boolean {
  const last = history.at(-1);
  return last !== undefined && Math.max(last.from, last.until ?? 0) > at;
}

/** The history with a new owner from `from` on. An owner before ends there. */
export function withOwner(history: History, conversation: ConversationId, from: number): History {
  const ended = history.map((one) => (one.until === undefined ? { ...one, until: from } : one));
  return [...ended, { conversation, from }].slice(-MAX_OWNERS);
}

/** The history with an owner for a time at which it has none, for as long as that lasts. */
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

/** The history in which the owner of today has the name no longer from `until` on. */
export function ended(history: History, until: number): History {
  return history.map((one) => (one.until === undefined ? { ...one, until } : one));
}

/** The history without a conversation that is gone. */
export function withoutOwner(history: History, conversation: ConversationId): History {
  return history.filter((one) => one.conversation !== conversation);
}
