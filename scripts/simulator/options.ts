import { DEVELOPMENT } from './development.ts';
import type { FaultRule } from './faults.ts';
import type { NewPerson } from './people.ts';
import { type Random, seededRandom } from './random.ts';

/** Who connects the app with WhatsApp: each has its own API and webhooks. */
export const CHANNELS = ['meta', 'twilio'] as const;
export type ChannelName = (typeof CHANNELS)[number];

/** The paths of the app that receive the webhooks. */
export const WEBHOOK_PATHS = { meta: '/whatsapp/v2', twilio: '/whatsapp/twilio' } as const;

export interface SimulatorOptions {
  readonly channel: ChannelName;
  /** 0: any free port. */
  readonly port: number;
  readonly host: string;
  /** URL for deliveries: `POST /whatsapp/v2` of the app, or `POST /whatsapp/twilio`. */
  readonly webhookUrl: string;
  readonly appSecret: string;
  readonly verifyToken: string;
  readonly accessToken: string;
  /** `phone_number_id` of the business number. */
  readonly number: string;
  /** The phone number of the business, in digits. */
  readonly displayNumber: string;
  /** Id of the WhatsApp Business Account. */
  readonly businessAccount: string;
  /** Id of the app at Meta that receives the webhooks. */
  readonly app: string;
  /** The account at Twilio. The number has a `+`. */
  readonly twilio: { readonly accountSid: string; readonly authToken: string; readonly number: string };
  readonly people: readonly NewPerson[];
  readonly faults: readonly FaultRule[];
  /**
   * Rate limit for one person: `burst` messages, then one every `everyMs`. False: no limit.
   * Meta: 45 and 6 seconds ("Pair rate limits").
   */
  readonly pairLimit: { readonly burst: number; readonly everyMs: number } | false;
  /** Sends of the number per second. Meta: 80 by default. False: no limit. */
  readonly throughput: number | false;
  /** Customer service window: how long after a person's message the business may write. Meta: 24 hours. */
  readonly windowMs: number;
  /**
   * Opens a chat for a reply to an unknown person, which Meta would reject. The message of this person came to the app
   * another way (`npm run deliver`).
   */
  readonly acceptsUnknownRecipients: boolean;
  /** How long a typing indicator is shown. Meta: 25 seconds. */
  readonly typingMs: number;
  /** Delay of the statuses after a send was accepted. */
  readonly sentAfterMs: number;
  readonly deliveredAfterMs: number;
  /** People read a reply when it is delivered. Otherwise when the page shows it, or `read` is called. */
  readonly readsImmediately: boolean;
  /** Updates are collected for `waitMs`. With probability `chance` they share deliveries of at most `max` updates. */
  readonly batch: { readonly waitMs: number; readonly chance: number; readonly max: number };
  /** Back-off of a delivery without a 200: `firstMs`, then `factor` times the last delay, at most `maxMs`. */
  readonly redelivery: { readonly firstMs: number; readonly factor: number; readonly maxMs: number };
  /** Timeout of one attempt of a delivery. */
  readonly responseTimeoutMs: number;
  /** Maximum number of stored sends and messages. The oldest are dropped first. */
  readonly maxStored: number;
  /** Keeps every HTTP exchange, and the steps of the app, for the timeline. */
  readonly records: boolean;
  /** The folder of recorded chats. Absent: none are saved or replayed. */
  readonly recordings?: string;
  readonly random: Random;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

const DEFAULTS: SimulatorOptions = {
  channel: 'meta',
  port: 0,
  host: '127.0.0.1',
  webhookUrl: 'http://localhost:8001/whatsapp/v2',
  appSecret: DEVELOPMENT.appSecret,
  verifyToken: DEVELOPMENT.verifyToken,
  accessToken: DEVELOPMENT.accessToken,
  number: DEVELOPMENT.number,
  displayNumber: '15550009999',
  businessAccount: '200000000000002',
  app: '300000000000003',
  twilio: DEVELOPMENT.twilio,
  people: [],
  faults: [],
  pairLimit: { burst: 45, everyMs: 6_000 },
  throughput: 80,
  windowMs: 24 * 3_600_000,
  acceptsUnknownRecipients: false,
  typingMs: 25_000,
  sentAfterMs: 50,
  deliveredAfterMs: 300,
  readsImmediately: false,
  batch: { waitMs: 5, chance: 0.3, max: 1_000 },
  redelivery: { firstMs: 250, factor: 2, maxMs: 10_000 },
  responseTimeoutMs: 10_000,
  maxStored: 200_000,
  records: false,
  random: seededRandom(1),
  now: Date.now,
};

export function withDefaults(overrides: Partial<SimulatorOptions>): SimulatorOptions {
  return { ...DEFAULTS, ...overrides };
}
