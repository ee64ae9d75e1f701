import type { Content } from './content/person.ts';
import type { Counters } from './counters.ts';
import type { Faults } from './faults.ts';
import type { NewPerson, Person } from './people.ts';
import type { Replies } from './replies.ts';
import type { NewIdentity } from './roster.ts';
import type { AppState } from './webhook/sender.ts';
import type { Verification } from './webhook/verify.ts';

export interface MessageOptions {
  /** The platform's id of the message. A message with a known id is delivered again. */
  readonly id?: string;
  /** Time of the message; default now. Milliseconds since 1970. */
  readonly at?: number;
}

/** Actions of people and of the platform. People are identified by phone number or user id. */
export interface Actions {
  addPerson(person: NewPerson): Person;
  /** Sends a message to the app. Returns its id. Adds an unknown person. */
  say(person: string, message: string | Content, options?: MessageOptions): string;
  /**
   * Changes the phone number, and with it the user id, or without `phone` the user id alone. The former ones belong to
   * nobody afterwards. Throws `BadRequest` when one of the new ones belongs to another person.
   */
  change(person: string, identity: NewIdentity): Person;
  /** Returns true when the app has accepted the message, or when the message is not stored any more. */
  hasAcknowledged(id: string): boolean;
  /** Signs and delivers any payload unchanged: an object as JSON, at Twilio as a form. */
  deliver(payload: Readonly<Record<string, unknown>>): void;
  /** The person opens the chat. */
  read(person: string): void;
  setPhoneOff(person: string, off: boolean): void;
  /** Returns true while the business is shown as typing. */
  typing(person: string): boolean;
  /** Sends the app the challenge that Meta sends when a callback is set. Rejects with `BadRequest` at Twilio, which sends none. */
  verify(): Promise<Verification>;
  /** The response of the app to the last delivery. */
  app(): AppState;
  /** Resolves when the app has accepted every update so far. */
  idle(): Promise<void>;
  readonly replies: Replies;
  readonly faults: Faults;
  readonly counters: Readonly<Counters>;
}
