import type { Content } from './content/person.ts';
import type { Counters } from './counters.ts';
import type { Faults } from './faults.ts';
import type { NewPerson, Person } from './people.ts';
import type { Replies } from './replies.ts';
import type { NewIdentity } from './roster.ts';
import type { AppState } from './webhook/courier.ts';
import type { Verification } from './webhook/verify.ts';

export interface SayingOptions {
  /** Meta's id of the message. One that was said before is delivered again. */
  readonly id?: string;
  /** When it was said, if not now; milliseconds since 1970. */
  readonly at?: number;
}

/** What the people and the platform can be made to do. People are named by phone number or user id. */
export interface Actions {
  addPerson(person: NewPerson): Person;
  /** Answers the message's id. Whoever is named for the first time is added. */
  say(person: string, saying: string | Content, options?: SayingOptions): string;
  /**
   * The person takes another phone number, and with it another user id; or, without `phone`, another user id alone. The
   * former ones lead to nobody. Throws `BadRequest` when somebody else has one of them.
   */
  change(person: string, identity: NewIdentity): Person;
  /** Whether the app has said 200 to the message of this id, or it is remembered no more. */
  hasAcknowledged(id: string): boolean;
  /** Signs and delivers any payload as it is. */
  deliver(payload: unknown): void;
  /** The person looks at the chat. */
  read(person: string): void;
  setPhoneOff(person: string, off: boolean): void;
  /** Whether the business is shown as typing. */
  typing(person: string): boolean;
  /** Asks the app the question that Meta asks when a callback is set up. */
  verify(): Promise<Verification>;
  /** How the app answered the last delivery. */
  app(): AppState;
  /** Resolves when every update so far was answered with 200. */
  idle(): Promise<void>;
  readonly replies: Replies;
  readonly faults: Faults;
  readonly counters: Readonly<Counters>;
}
