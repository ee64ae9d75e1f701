import { randomUUID } from 'node:crypto';
import { createEnvBusinesses, type EnvNumber } from '../businesses/env.ts';
import { KNOWN_CODES as META_CODES } from '../channels/meta/errors.ts';
import { RateLimits } from '../channels/meta/rate-limits.ts';
import { createRecordingChannel } from '../channels/meta/recording.ts';
import { createMetaChannel } from '../channels/meta/send.ts';
import { createMetaWebhook } from '../channels/meta/webhook.ts';
import { KNOWN_CODES as TWILIO_CODES } from '../channels/twilio/errors.ts';
import { createTwilioLimits } from '../channels/twilio/rate-limits.ts';
import { createTwilioChannel } from '../channels/twilio/send.ts';
import { createTwilioWebhook } from '../channels/twilio/webhook.ts';
import { systemClock as clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { TurnPorts } from '../conversation/turn.ts';
import type { WorkRules } from '../conversation/work.ts';
import type { Log } from '../log.ts';
import type { Counters } from '../metrics.ts';
import type { Businesses } from '../ports/businesses.ts';
import type { Channel } from '../ports/channel.ts';
import type { WebhookChannel } from '../ports/webhook-channel.ts';
import { observeChannel } from '../reporting/observe-channel.ts';
import type { Registry, RegistryOptions } from './registry.ts';

/** The adapters that the configuration chooses, for the inline worker and for the worker in its own process. */

/** How long running turns may continue after SIGTERM. */
export const GRACE_MS = 5_000;

/** A worker that dies blocks its conversation for this long. A living one renews the lease three times in it. */
const LEASE_MS = 10_000;
/** About ten minutes with the delays of `backoff.ts`; then the person gets an apology. */
const MAX_ATTEMPTS = 10;
const CONFIRM_MS = 2_000;

/**
 * The part of the slots, and of a sweep, that one business gets at most. As many slots again are only for businesses that
 * have none. A single business gets all.
 */
const SHARE = 1 / 5;

export function shareOf({ businesses }: Config): number {
  return businesses.kind === 'env' ? 1 : SHARE;
}

export function rulesFor({ deployment, policy }: Config): WorkRules {
  return {
    underMaintenance: policy.underMaintenance,
    handOffMs: policy.handOffMs,
    operatorQuietMs: policy.operatorQuietMs,
    staleAfterMs: policy.messageAgeMs,
    // Developers use this prefix on the shared number: their own deployment replies, staging ignores the message.
    ...(deployment === 'staging' && { ignoredPrefix: '!d ' }),
    retentionMs: policy.retentionMs,
    questionsPerDay: policy.questionsPerDay,
    aiNotice: policy.aiNotice,
    reconcileMs: policy.sendReconcileMs,
    confirmMs: CONFIRM_MS,
    leaseMs: LEASE_MS,
    maxAttempts: MAX_ATTEMPTS,
    windowMs: policy.batchWindowMs,
  };
}

interface Observed {
  readonly log: Log;
  readonly metrics: Counters;
  readonly now: () => number;
}

/**
 * The numbers of the environment belong to its one business; a registry has the numbers of Meta only. Throws `NotAvailable`.
 * See `openRegistry`.
 */
export async function businessesFor(config: Config, options: RegistryOptions): Promise<Registry> {
  const { businesses } = config;
  const own = createEnvBusinesses(environmentNumbers(config));
  switch (businesses.kind) {
    case 'env':
      return { businesses: own, cache: undefined };
    case 'mongodb': {
      // Loaded on demand: the driver is larger than everything else but the AWS clients.
      const { openRegistry } = await import('./registry.ts');
      const registry = await openRegistry({ ...config, businesses }, options);
      const { find } = registry.businesses;
      return {
        ...registry,
        businesses: {
          ...registry.businesses,
          find: (channel, number) =>
            channel === 'twilio' ? own.find(channel, number) : find(channel, number),
        },
      };
    }
  }
}

function environmentNumbers({ businesses, twilio }: Config): EnvNumber[] {
  const numbers: EnvNumber[] = [];
  if (businesses.kind === 'env') {
    const { number, accessToken } = businesses;
    if (number !== undefined && accessToken !== undefined)
      numbers.push({ channel: 'meta', number, accessToken });
  }
  if (twilio !== undefined) {
    const [accessToken = ''] = twilio.authTokens;
    numbers.push({ channel: 'twilio', number: twilio.number, accessToken });
  }
  return numbers;
}

/** Returns a function that names the variable which says what numbers of a channel are ours. */
export function numbersVariable({ businesses }: Config): (channel: string) => string {
  return (channel) => {
    if (channel === 'twilio') return 'TWILIO_WHATSAPP_NUMBER';
    return businesses.kind === 'env' ? 'META_BUSINESS_PHONE_NUMBER_ID' : 'MONGODB_DB_NAME';
  };
}

/** The inbound half of each channel; `channelsFor` has the outbound one. */
export function webhooksFor(config: Config, businesses: Businesses): readonly WebhookChannel[] {
  const { meta, twilio } = config;
  const { verifyToken } = meta;
  const find = (number: string) => businesses.find('meta', number);
  // The environment has one app for all of its numbers.
  const ownApps = config.businesses.kind === 'env' ? {} : { ownApps: { find, clock } };
  return [
    ...(verifyToken === undefined ? [] : [createMetaWebhook({ ...meta, verifyToken, ...ownApps })]),
    ...(twilio === undefined ? [] : [createTwilioWebhook(twilio)]),
  ];
}

export function channelsFor(config: Config, observed: Observed): TurnPorts['channels'] {
  const { meta, twilio } = config;
  return {
    ...(meta.isUsed && {
      meta: observeChannel(metaChannel(config, observed), { ...observed, codes: META_CODES }),
    }),
    ...(twilio !== undefined && {
      twilio: observeChannel(twilioChannel(twilio, observed), { ...observed, codes: TWILIO_CODES }),
    }),
  };
}

function twilioChannel(twilio: NonNullable<Config['twilio']>, { metrics }: Observed): Channel {
  const limits = createTwilioLimits({ clock, waiting: metrics.rateLimitWait });
  return createTwilioChannel({ ...twilio, limits, clock });
}

function metaChannel({ meta }: Config, { log, metrics }: Observed): Channel {
  const { apiUrl, apiVersion, template } = meta;
  const channel = createMetaChannel({
    ...{ apiUrl, apiVersion, clock },
    ...(template !== undefined && { template }),
    rateLimits: new RateLimits({ clock, waiting: metrics.rateLimitWait }),
  });
  const record = ({ length }: { length: number }) => log.info('reply recorded, not sent', { count: length });
  return meta.mock ? createRecordingChannel({ newId: randomUUID, record }, channel) : channel;
}
