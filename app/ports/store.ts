import type { Inbox } from './store/inbox.ts';
import type { Maintenance } from './store/maintenance.ts';
import type { Operations } from './store/operations.ts';
import type { TurnStore } from './store/turns.ts';

export type { Acceptance, Inbox } from './store/inbox.ts';
export type { Backlog, Maintenance } from './store/maintenance.ts';
export type { DeadLetter, Operations } from './store/operations.ts';
export type { Claim, Lease, Release, TurnStore } from './store/turns.ts';

interface Lifecycle {
  ready(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Everything that a store does, divided by who calls it. A promise that resolves means: it survives a power cut (the
 * memory store: it does not). Every method throws `Unavailable` when the store cannot do it now.
 */
export type ConversationStore = Inbox & TurnStore & Maintenance & Operations & Lifecycle;
