import type { BusinessContent } from './content/business.ts';
import type { Change, Content } from './content/person.ts';
import type { Person } from './people.ts';

/**
 * The state of a bubble. Of a person: `sent` to WhatsApp, `delivered` when the app responded 200, `read` when the app
 * sent a read receipt. Of the business: `accepted`, then the statuses that the app receives.
 */
export type Progress = 'accepted' | 'sent' | 'delivered' | 'read' | 'failed';

export interface Bubble {
  /** The platform's message id. */
  readonly id: string;
  /** Increases over all chats. */
  readonly order: number;
  /** `Person.id` of the chat. It changes with the person's number. */
  person: string;
  readonly by: 'person' | 'business';
  /** Milliseconds since 1970. */
  readonly at: number;
  /** As sent. A redelivery repeats it. */
  readonly content: Content | Change | BusinessContent;
  /** The platform's id of the message that it replies to. */
  readonly to?: string;
  /** What the app gets back with each status: `biz_opaque_callback_data`, or at Twilio the address for statuses. */
  readonly key?: string;
  progress: Progress;
  /** Why it failed: the platform's code, and its text. */
  code?: number;
  reason?: string;
  /** The text after an edit. */
  edited?: string;
  /** It was deleted for everyone. */
  revoked?: true;
}

export interface Chat {
  person: Person;
  /** The newest ones. */
  readonly bubbles: Bubble[];
  /** When the person last wrote; milliseconds since 1970. */
  wroteAt?: number;
  typingUntil?: number;
  phoneOff: boolean;
}
