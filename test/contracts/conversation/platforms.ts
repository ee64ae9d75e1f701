import type { ChannelName } from '#scripts/simulator/options.ts';

/** Where the platforms differ for one conversation. */
interface Platform {
  /** The longest part, in UTF-16 units. */
  readonly maxPartLength: number;
  /** A failure of the platform, which ends by itself. */
  readonly outage: number;
  /** Too many messages. */
  readonly tooMany: number;
  /** A part that was accepted is refused by the phone, for good. */
  readonly undeliverable: number;
}

export const PLATFORMS: Readonly<Record<ChannelName, Platform>> = {
  meta: { maxPartLength: 4_096, outage: 131000, tooMany: 131056, undeliverable: 131049 },
  twilio: { maxPartLength: 1_600, outage: 20500, tooMany: 63018, undeliverable: 63049 },
};
