import type { ConversationId } from '../../domain/conversation.ts';

export interface Backlog {
  /** Messages not yet answered. */
  readonly waiting: number;
  /** When the oldest of them arrived; milliseconds since 1970. */
  readonly oldestAt?: number;
  readonly deadLetters: number;
}

/** For timers and metrics. */
export interface Maintenance {
  /**
   * Resolves to conversations with work that can be claimed now, oldest work first, at most `perBusiness` of each business.
   * Messages younger than `olderThanMs` do not count, since their own wake-up is still on its way.
   */
  due(limit: number, olderThanMs: number, perBusiness?: number): Promise<readonly ConversationId[]>;
  /** Deletes what is past its retention: texts after 7 days, ids after 9. Resolves to how many rows were deleted. */
  forgetOld(): Promise<number>;
  backlog(): Promise<Backlog>;
}
