import { SendLimits, type SendLimitsOptions } from '../../resilience/send-limits.ts';
import { delayMs, TOKEN_CODE } from './errors.ts';

export type { Route } from '../../resilience/send-limits.ts';

export type RateLimitsOptions = Pick<SendLimitsOptions, 'clock'> &
  Partial<
    Pick<SendLimitsOptions, 'perNumberPerSecond' | 'pairBurst' | 'pairIntervalMs' | 'maxSleepMs' | 'waiting'>
  >;

/**
 * Meta's throughput per number is 80 messages a second until Meta raises it ("Throughput"). Its pair limit is 45 at once,
 * then one every 6 seconds ("About the platform, pair rate limits").
 */
const META = {
  platform: 'Meta',
  tokenCode: TOKEN_CODE,
  delayMs,
  perNumberPerSecond: 80,
  pairBurst: 45,
  pairIntervalMs: 6000,
};

/** Meta's limits, and the cooldowns that Meta asks for. */
export class RateLimits extends SendLimits {
  constructor(options: RateLimitsOptions) {
    super({ ...META, ...options });
  }
}
