import { SendLimits, type SendLimitsOptions } from '../../resilience/send-limits.ts';
import { delayMs, TOKEN_CODE } from './errors.ts';

/**
 * Twilio sends to the Cloud API, whose limits apply: 80 messages a second from a number until it is raised ("WhatsApp,
 * throughput"), and to one person 45 at once, then one every 6 seconds (Meta, "About the platform, pair rate limits").
 */
const LIMITS = { perNumberPerSecond: 80, pairBurst: 45, pairIntervalMs: 6000 };

export function createTwilioLimits(options: Pick<SendLimitsOptions, 'clock' | 'waiting'>): SendLimits {
  return new SendLimits({ platform: 'Twilio', tokenCode: TOKEN_CODE, delayMs, ...options, ...LIMITS });
}
