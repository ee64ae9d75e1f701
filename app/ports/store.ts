import type { Costs } from './store/costs.ts';
import type { Inbox } from './store/inbox.ts';
import type { Maintenance } from './store/maintenance.ts';
import type { Operations } from './store/operations.ts';
import type { TurnStore } from './store/turns.ts';

export type { Costs } from './store/costs.ts';
export type { DeadLetter, DeadLetterTexts, ShownDeadLetter, ShownPart } from './store/dead-letters.ts';
export type { Erased, Search } from './store/erasure.ts';
export type { Acceptance, Inbox, Recorded } from './store/inbox.ts';
export type { Backlog, Forgotten, Maintenance } from './store/maintenance.ts';
export type { OldestTexts, Operations, ShownConversation } from './store/operations.ts';
export type { Claim, Lease, QuotedPart, Release, TurnStore } from './store/turns.ts';

interface Lifecycle {
  ready(): Promise<void>;
  close(): Promise<void>;
}

/**
 * A store, divided by caller. A resolved write survives a power cut (except in the memory store). Every method throws
 * `Unavailable` when the store cannot do it now.
 */
export type ConversationStore = Inbox & TurnStore & Maintenance & Operations & Costs & Lifecycle;
