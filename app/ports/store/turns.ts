import type { Conversation, ConversationId, Facts } from '../../domain/conversation.ts';
import type { Part } from '../../domain/part.ts';
import type { Turn } from '../../domain/turn.ts';
import type { TokenUsage } from '../../domain/usage.ts';

/** The exclusive right to work on a conversation. Every write under it checks the fencing token. */
export interface Lease {
  readonly conversation: ConversationId;
  readonly token: string;
}

export type Claim =
  | {
      readonly claimed: true;
      readonly lease: Lease;
      readonly conversation: Conversation;
      readonly turn: Turn;
    }
  /** `idle`: no work. `held`: another worker has the lease until `at`. `later`: the next attempt is due at `at`. */
  | { readonly claimed: false; readonly because: 'idle' }
  | { readonly claimed: false; readonly because: 'held' | 'later'; readonly at: number };

/** What is known of a part of ours that a person quotes. */
export interface QuotedPart {
  /** Absent once the text is deleted. */
  readonly text?: string;
  /** From 0, among the parts of its reply. */
  readonly position: number;
  /** The thread and the question in it (from 1) that the reply answered; absent for a reply that the assistant did not write. */
  readonly thread?: { readonly id: string; readonly question: number };
}

export interface Release {
  /** Earliest time of the next attempt; milliseconds since 1970. */
  readonly retryAt: number;
  /** False: this attempt does not count, since the failure was not the turn's. */
  readonly countAttempt: boolean;
}

/**
 * For the worker: one turn at a time, under a lease. Methods that take a lease throw `LeaseLost` and change nothing when its
 * token is not the current one.
 */
export interface TurnStore {
  /**
   * Takes the lease if there is work and no live lease: continues the open turn, else reopens the oldest finished one with a
   * failed part, else opens a turn of the waiting messages. Counts the attempt.
   */
  claim(conversation: ConversationId, leaseMs: number): Promise<Claim>;
  renew(lease: Lease, leaseMs: number): Promise<void>;
  remember(lease: Lease, facts: Facts): Promise<void>;
  /**
   * Stores the reply of the open turn, and counts the tokens that it cost, once (`Costs`). Idempotent: later calls change
   * nothing. Resolves to the parts of the first call. A crash may leave tokens uncounted, and never counts them twice.
   */
  writeReply(
    lease: Lease,
    texts: readonly string[],
    facts: Facts,
    usage?: TokenUsage,
  ): Promise<readonly Part[]>;
  /**
   * Resolves to the part of this conversation that has the platform's id; to undefined when there is none (any more): parts
   * are known for 8 days. The text of a template is absent.
   */
  quoted(lease: Lease, platformId: string): Promise<QuotedPart | undefined>;
  /** Resolves to the parts of the open turn as they are now. */
  parts(lease: Lease): Promise<readonly Part[]>;
  /** Must resolve before each send. */
  markSending(lease: Lease, key: string): Promise<void>;
  markSent(lease: Lease, key: string, platformId: string): Promise<void>;
  /** For a send that certainly did not happen or was reported as failed. Changes nothing if the part has arrived. */
  markUnsent(lease: Lease, key: string): Promise<void>;
  /**
   * Ends the open turn and the lease: its messages are answered and their text is deleted; the text of each part is
   * deleted when it has arrived. Resolves to the arrival time of the oldest message that still waits, if any.
   */
  finish(lease: Lease): Promise<{ readonly waitingSince?: number }>;
  /** Ends the lease and leaves the turn open for another attempt. */
  release(lease: Lease, release: Release): Promise<void>;
  /**
   * Gives the open turn up: it becomes a dead letter with this reason, the apology replaces its unsent parts, and its
   * attempts restart for sending the apology. Parts that are `sending` or `sent` stay before the apology; call `markUnsent`
   * first for a part that must not be sent again. A reopened turn gets no apology and keeps its parts. Idempotent. Resolves
   * to the parts.
   */
  giveUp(lease: Lease, reason: string, apology: readonly string[]): Promise<readonly Part[]>;
}
