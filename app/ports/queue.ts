import type { ConversationId } from '../domain/conversation.ts';

export interface Queue {
  /**
   * Wakes a worker for the conversation after `delayMs`, at least once. Concurrent wake-ups may be merged into one. Throws
   * `Unavailable` when the wake-up could not be queued.
   */
  wake(conversation: ConversationId, delayMs: number): Promise<void>;
  ready(): Promise<void>;
  close(): Promise<void>;
}
