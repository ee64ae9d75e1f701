import type { ConversationId } from '../../domain/conversation.ts';

export interface Backlog {
  /** Messages not yet answered. */
  readonly waiting: number;
  /** When the oldest of them arrived; milliseconds since 1970. */
  readonly oldestAt?: number;
  readonly deadLetters: number;
}

/** What `forgetOld` deleted. */
export interface Forgotten {
  /** Texts of replies, and edits whose message never arrived. */
  readonly texts: number;
  /** Ids, turns, dead letters, conversations, identities and counts of a month. */
  readonly rows: number;
  /** Another call may delete more. */
  readonly hasMore: boolean;
}

/** For timers and metrics. */
export interface Maintenance {
  /**
   * Resolves to conversations with work that can be claimed now, oldest work first, at most `perBusiness` of each business.
   * Messages younger than `olderThanMs` do not count, since their own wake-up is still on its way.
   */
  due(limit: number, olderThanMs: number, perBusiness?: number): Promise<readonly ConversationId[]>;
  /** Deletes what is past its retention: texts after 7 days, ids after 9. One call deletes a bounded number. */
  forgetOld(): Promise<Forgotten>;
  backlog(): Promise<Backlog>;
}
