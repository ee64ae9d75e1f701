import type { ConversationId } from '../../domain/conversation.ts';

export interface Backlog {
  /** Messages not yet answered. */
  readonly waiting: number;
  /** When the oldest of them arrived; milliseconds since 1970. */
  readonly oldestAt?: number;
  readonly deadLetters: number;
}

/** What timers and metrics need. */
export interface Maintenance {
  /**
   * Resolves to conversations with work that may be claimed now, oldest work first. Messages younger than `olderThanMs` do
   * not count: their own wake-up is on its way.
   */
  due(limit: number, olderThanMs: number): Promise<readonly ConversationId[]>;
  /** Deletes what is past its retention: texts after 7 days, ids after 9. Resolves to how many rows were deleted. */
  forgetOld(): Promise<number>;
  backlog(): Promise<Backlog>;
}
