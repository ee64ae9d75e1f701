import { DEVELOPMENT } from './development.ts';
import type { FaultRule } from './faults.ts';
import type { NewPerson } from './people.ts';
import { type Random, seededRandom } from './random.ts';

export interface SimulatorOptions {
  /** 0 takes any free one. */
  readonly port: number;
  readonly host: string;
  /** Where deliveries go: the app's `POST /whatsapp/v2`. */
  readonly webhookUrl: string;
  readonly appSecret: string;
  readonly verifyToken: string;
  readonly accessToken: string;
  /** The business number, as Meta names it (`phone_number_id`). */
  readonly number: string;
  /** The same number as people see it, in digits. */
  readonly displayNumber: string;
  /** The WhatsApp Business Account that the number belongs to. */
  readonly businessAccount: string;
  /** Meta's app, which the webhooks belong to. */
  readonly app: string;
  readonly people: readonly NewPerson[];
  readonly faults: readonly FaultRule[];
  /**
   * How much one person may be sent: `burst` at once, one more each `everyMs`. False: any amount.
   * Meta: 45 and 6 seconds ("Pair rate limits").
   */
  readonly pairLimit: { readonly burst: number; readonly everyMs: number } | false;
  /** Sends of the number per second; Meta: 80 by default. False: any amount. */
  readonly throughput: number | false;
  /** How long after a person's message the business may write; Meta: 24 hours. */
  readonly windowMs: number;
  /**
   * Replies to people who never wrote here show up as new chats, instead of being refused as Meta would: their messages
   * came to the app another way (`npm run deliver`).
   */
  readonly welcomesStrangers: boolean;
  /** How long one typing indicator shows; Meta: 25 seconds. */
  readonly typingMs: number;
  /** When the statuses of a send go out, after it was accepted. */
  readonly sentAfterMs: number;
  readonly deliveredAfterMs: number;
  /** People read as soon as a reply is delivered. Otherwise when the page shows it, or `read` is called. */
  readonly readsAtOnce: boolean;
  /** How long updates are collected, and how likely those collected together share one delivery. */
  readonly batch: { readonly waitMs: number; readonly chance: number; readonly most: number };
  /** A delivery not answered with 200 is repeated after `firstMs`, then each time `factor` later, at most `longestMs`. */
  readonly redelivery: { readonly firstMs: number; readonly factor: number; readonly longestMs: number };
  /** How long one attempt of a delivery waits for its answer. */
  readonly answerMs: number;
  /** How much is remembered, in sends and messages altogether; the oldest go first. */
  readonly remembered: number;
  readonly random: Random;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

const DEFAULTS: SimulatorOptions = {
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
  people: [],
  faults: [],
  pairLimit: { burst: 45, everyMs: 6_000 },
  throughput: 80,
  windowMs: 24 * 3_600_000,
  welcomesStrangers: false,
  typingMs: 25_000,
  sentAfterMs: 50,
  deliveredAfterMs: 300,
  readsAtOnce: false,
  batch: { waitMs: 5, chance: 0.3, most: 1_000 },
  redelivery: { firstMs: 250, factor: 2, longestMs: 10_000 },
  answerMs: 10_000,
  remembered: 200_000,
  random: seededRandom(1),
  now: Date.now,
};

export function withDefaults(given: Partial<SimulatorOptions>): SimulatorOptions {
  return { ...DEFAULTS, ...given };
}
