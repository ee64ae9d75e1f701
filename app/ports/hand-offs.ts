import type { BusinessId } from '../domain/business.ts';
import type { ConversationId } from '../domain/conversation.ts';
import type { ChannelName, Person } from '../domain/message.ts';

/** What an operator needs to answer a person instead of the assistant. Holds personal data: never logged. */
export interface HandOffEvent {
  /** The same event has the same id, however often it is delivered. */
  readonly id: string;
  /** `handed_off`: the assistant asks for a person. `message`: the person wrote again while the conversation is handed off. */
  readonly event: 'handed_off' | 'message';
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly conversation: ConversationId;
  readonly business: BusinessId;
  readonly channel: ChannelName;
  readonly number: string;
  readonly person: Person;
  /** ISO 639-1. */
  readonly language?: string;
  /** The assistant's sentence for the operator. */
  readonly reason?: string;
  /** What the person wrote, one line for each message; empty when nothing of it is text. */
  readonly text: string;
}

export interface HandOffs {
  /**
   * Delivers an event at least once. Throws `Unavailable` with the scope `app` and the alarm `hand-off-undelivered` when it
   * may not have arrived.
   */
  deliver(event: HandOffEvent, signal: AbortSignal): Promise<void>;
}
