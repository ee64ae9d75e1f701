import type { ChannelName } from '../domain/message.ts';

/** The owner of a number. */
export interface Business {
  readonly channel: ChannelName;
  /** As the platform names it (Meta: `phone_number_id`). */
  readonly number: string;
  readonly accessToken: string;
}

export interface Businesses {
  /** Undefined: not ours. Throws `Unavailable` when nobody can tell. */
  find(channel: ChannelName, number: string): Promise<Business | undefined>;
  /** Throws `Unavailable` with a reason for the operator. */
  ready(): Promise<void>;
  close(): Promise<void>;
}
