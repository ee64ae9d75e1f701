import type { ConversationId } from '../domain/conversation.ts';

export interface Queue {
  /**
   * Somebody will look at the conversation after `delayMs`, at least once. Several wake-ups on their way at once may
   * become one. Throws `Unavailable` when it could not be arranged.
   */
  wake(conversation: ConversationId, delayMs: number): Promise<void>;
  ready(): Promise<void>;
  close(): Promise<void>;
}
