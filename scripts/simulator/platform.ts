import type { Context } from 'koa';
import type { Actions, MessageOptions } from './actions.ts';
import type { Chats } from './chats.ts';
import type { Content } from './content/person.ts';
import type { Counters } from './counters.ts';
import type { Faults } from './faults.ts';
import type { Media } from './media.ts';
import type { SimulatorOptions } from './options.ts';
import type { Person } from './people.ts';
import type { NewIdentity } from './roster.ts';
import type { Timers } from './timers.ts';
import type { Sender, WebhookRequest } from './webhook/sender.ts';
import type { Statuses } from './webhook/statuses.ts';

/** What connects the app with the people: the API that it calls, and the webhooks that it receives. */
export interface Platform extends Pick<Actions, 'deliver' | 'verify' | 'idle'> {
  /** Handles every path outside the page and the control API. */
  readonly api: (ctx: Context) => Promise<void>;
  readonly statuses: Statuses;
  /** Returns a delivery of this body to this address, with the platform's signature. */
  signed(url: string, body: Buffer): WebhookRequest;
  /** Returns the id of the message. */
  say(identity: string, content: Content, options?: MessageOptions): string;
  change(identity: string, next: NewIdentity): Person;
}

/** What the platforms share. */
export interface Shared {
  readonly options: SimulatorOptions;
  readonly chats: Chats;
  readonly faults: Faults;
  readonly counters: Counters;
  readonly timers: Timers;
  readonly media: Media;
  readonly sender: Sender;
}
