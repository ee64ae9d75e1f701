import type { Conversation, ConversationId, Facts } from '../../domain/conversation.ts';
import type { Part } from '../../domain/part.ts';
import type { Turn } from '../../domain/turn.ts';

/** The right to work on a conversation. Every write under it checks that no other worker took it over. */
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
  /** `idle`: no work. `held`: another worker has the lease until `at`. `later`: the next attempt is not before `at`. */
  | { readonly claimed: false; readonly because: 'idle' }
  | { readonly claimed: false; readonly because: 'held' | 'later'; readonly at: number };

export interface Release {
  /** Not before; milliseconds since 1970. */
  readonly retryAt: number;
  /** False gives the attempt back: the failure was not this turn's. */
  readonly countAttempt: boolean;
}

/**
 * What the worker needs: one turn at a time, under a lease. Methods that take a lease throw `LeaseLost` when its token
 * does not hold the conversation (any more), and then change nothing.
 */
export interface TurnStore {
  /**
   * Takes the lease when there is work and no other worker has it: continues the open turn, else reopens the oldest
   * finished one with a failed part, else opens a turn of all waiting messages.
   */
  claim(conversation: ConversationId, leaseMs: number): Promise<Claim>;
  renew(lease: Lease, leaseMs: number): Promise<void>;
  remember(lease: Lease, facts: Facts): Promise<void>;
  /** Writes the reply of the open turn once. Resolves to its parts: those of the first call, whatever later ones bring. */
  writeReply(lease: Lease, texts: readonly string[], facts: Facts): Promise<readonly Part[]>;
  /** Resolves to the parts of the open turn as they are now. */
  parts(lease: Lease): Promise<readonly Part[]>;
  /** To be called, and waited for, before each send. */
  markSending(lease: Lease, key: string): Promise<void>;
  markSent(lease: Lease, key: string, platformId: string): Promise<void>;
  /** The send certainly did not happen, or was reported as failed. Changes nothing when the part has arrived meanwhile. */
  markUnsent(lease: Lease, key: string): Promise<void>;
  /**
   * Ends the open turn and the lease: its messages are answered and their text is deleted; the text of each part is
   * deleted when it has arrived. Resolves to the time at which the oldest message that still waits arrived, if one does.
   */
  finish(lease: Lease): Promise<{ readonly waitingSince?: number }>;
  /** Ends the lease, leaving the turn open for another attempt. */
  release(lease: Lease, release: Release): Promise<void>;
  /**
   * Gives the open turn up: it becomes a dead letter with this reason, its unsent parts are replaced by the apology, and
   * its attempts begin again for sending that. A part that is `sending` stays in front of the apology, as one that is sent
   * does: who does not want it sent again marks it unsent before. A reopened turn gets no apology and keeps its parts.
   * Idempotent. Resolves to the parts.
   */
  giveUp(lease: Lease, reason: string, apology: readonly string[]): Promise<readonly Part[]>;
}
