import { Refused, Unavailable } from '../domain/errors.ts';
import type { Log } from '../log.ts';
import type { Counters } from '../metrics.ts';
import type { Channel } from '../ports/channel.ts';

/** Returns the channel with its sends counted, and with a log line for each part that is sent again. */
export function observeChannel(
  channel: Channel,
  { log, metrics }: { readonly log: Log; readonly metrics: Counters },
): Channel {
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
        throw error;
      }
    },
    failure(business, to, codes) {
      metrics.part('failed');
      return channel.failure(business, to, codes);
    },
  };
}

function outcomeOf(error: unknown): 'refused' | 'unavailable' | 'unknown' {
  if (error instanceof Refused) return 'refused';
  return error instanceof Unavailable ? 'unavailable' : 'unknown';
}
