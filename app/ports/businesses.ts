import type { ChannelName } from '../domain/message.ts';

/** The owner of a number. */
export interface Business {
  readonly channel: ChannelName;
  /** As the platform names it (Meta: `phone_number_id`). */
  readonly number: string;
  readonly accessToken: string;
}

export interface Businesses {
  /** Resolves to undefined for a number of no configured business. Throws `Unavailable` when the look-up failed. */
  find(channel: ChannelName, number: string): Promise<Business | undefined>;
  /** Resolves if look-ups work. Throws `Unavailable` with a reason for the operator. */
  ready(): Promise<void>;
  close(): Promise<void>;
}
