import { OUTSIDE_WINDOW, Refused, Unavailable } from '../domain/errors.ts';
import type { Log } from '../log.ts';
import type { Counters } from '../metrics.ts';
import type { Channel } from '../ports/channel.ts';

interface ObserveOptions {
  readonly log: Log;
  readonly metrics: Counters;
  /** The codes that are counted by themselves; any other counts as `other`. */
  readonly codes: ReadonlySet<string>;
}

/** Returns the channel with its sends counted, and with a log line for each part that is sent again. */
export function observeChannel(channel: Channel, { log, metrics, codes }: ObserveOptions): Channel {
  const known = (code: string | undefined): string => {
    if (code === undefined) return 'none';
    return code === OUTSIDE_WINDOW || codes.has(code) ? code : 'other';
  };
  return {
    ...channel,
    async send(business, to, part) {
      const code = part.failures?.at(-1);
      if (part.isRepeat || code !== undefined) {
        metrics.part('repeated');
        log.warn('a part is sent again', { what: 'repeated', code, business: business.id });
      }
      try {
        const platformId = await channel.send(business, to, part);
        metrics.part('sent');
        return platformId;
      } catch (error) {
        metrics.part(outcomeOf(error));
        if (error instanceof Refused) metrics.sendError('refused', known(error.code));
        else if (error instanceof Unavailable) metrics.sendError('unavailable', known(error.code));
        throw error;
      }
    },
    failure(business, to, failures) {
      metrics.part('failed');
      metrics.sendError('failed', known(failures.at(-1)));
      return channel.failure(business, to, failures);
    },
  };
}

function outcomeOf(error: unknown): 'refused' | 'unavailable' | 'unknown' {
  if (error instanceof Refused) return 'refused';
  return error instanceof Unavailable ? 'unavailable' : 'unknown';
}
