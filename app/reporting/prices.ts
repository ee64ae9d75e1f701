import type { Accepted } from '../conversation/accept.ts';
import { GENERAL_PURPOSE_AI } from '../domain/pricing.ts';
import { oncePerMinute } from '../log/once-per-minute.ts';
import type { Fields, Log } from '../log.ts';
import type { Counters } from '../metrics.ts';

interface PriceReportOptions {
  readonly log: Log;
  readonly metrics: Pick<Counters, 'pricedPart' | 'notice'>;
  readonly now: () => number;
}

/** Returns a function that counts and logs the prices of a stored delivery: one line per minute, business and kind. */
export function reportingPrices({ log, metrics, now }: PriceReportOptions) {
  const countToLog = oncePerMinute(now);

  function line(level: 'info' | 'warn', kind: string, event: string, fields: Fields): void {
    const count = countToLog(`${kind} ${fields.business}`);
    if (count !== undefined) log[level](event, { ...fields, count });
  }

  return ({ priced, unknownParts }: Pick<Accepted, 'priced' | 'unknownParts'>): void => {
    for (const part of priced) {
      metrics.pricedPart(part);
      if (part.category !== GENERAL_PURPOSE_AI) continue;
      const { business, country } = part;
      line('warn', 'alarm', 'the platform prices a part as an answer of a general-purpose assistant', {
        ...{ business, detail: country, alarm: 'general-purpose-ai' },
      });
    }
    for (const business of unknownParts) {
      metrics.notice('price_of_unknown_part');
      line('info', 'unknown', 'a price is not counted: this service has no such part, another one sent it', {
        business,
      });
    }
  };
}
