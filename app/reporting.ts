import type { Accepted } from './conversation/accept.ts';
import type { WorkReport } from './conversation/work.ts';
import { type Alarm, Refused, Unavailable } from './domain/errors.ts';
import type { Delivery } from './domain/message.ts';
import { seldom } from './log/seldom.ts';
import type { Log } from './log.ts';
import type { Counters } from './metrics.ts';
import type { Assistant } from './ports/assistant.ts';
import type { Channel } from './ports/channel.ts';

/**
 * What happened, for logs and metrics. The conversation itself tells nobody: it returns or throws what is needed here.
 * A line with `alarm` is one that an operator must act on; alarms in AWS are made from that field.
 */

interface ReportingOptions {
  readonly log: Log;
  readonly metrics: Counters;
  readonly who: (identity: string) => string;
  readonly now: () => number;
}

/** Notices that call an operator. */
const NOTICED_ALARMS: ReadonlyMap<string, Alarm> = new Map([
  ['standby', 'standby'],
  ['account_restricted', 'account-restricted'],
]);

const TURN_OUTCOMES = {
  answered: 'answered',
  silent: 'silent',
  limited: 'limited',
  again: 'retried',
  buried: 'buried',
  apologised: 'apologised',
  repeated: 'repeated',
  lost: 'lost',
} as const;

export function reporting({ log, metrics, who, now }: ReportingOptions) {
  let toldOfForeign = false;
  const rings = seldom(now);

  return {
    /** Counts what the channel does, and does what the channel does. */
    channel(channel: Channel): Channel {
      return {
        ...channel,
        async send(business, to, part) {
          const code = part.failures?.at(-1);
          if (part.again || code !== undefined) {
            metrics.part('repeated');
            log.warn('a part is sent again', { what: 'repeated', code });
          }
          try {
            const platformId = await channel.send(business, to, part);
            metrics.part('sent');
            return platformId;
          } catch (error) {
            metrics.part(
              error instanceof Refused ? 'refused' : error instanceof Unavailable ? 'unavailable' : 'unknown',
            );
            throw error;
          }
        },
        failure(business, to, codes) {
          metrics.part('failed');
          return channel.failure(business, to, codes);
        },
      };
    },

    /** Times the assistant's answers, and answers as it does. */
    assistant(assistant: Assistant): Assistant {
      return {
        ...assistant,
        async answer(...args) {
          const startedAt = now();
          try {
            return await assistant.answer(...args);
          } finally {
            metrics.assistantTook(now() - startedAt);
          }
        },
      };
    },

    accepted(delivery: Delivery, accepted: Accepted): Accepted {
      delivery.messages.forEach(({ content }, index) => {
        metrics.message(content.kind, accepted.outcomes[index] ?? 'foreign');
      });
      // Once: a second number under the same app would say it with every delivery.
      if (accepted.foreign > 0 && !toldOfForeign) {
        toldOfForeign = true;
        log.warn('a delivery is for another number than ours and was left alone; it is said once', {
          variable: 'META_BUSINESS_PHONE_NUMBER_ID',
          foreign: accepted.foreign,
        });
      }
      for (const { what, detail, count, routine } of delivery.notices) {
        const fields = { what, detail, count: count ?? 1 };
        const alarm = NOTICED_ALARMS.get(what);
        if (routine) log.debug('a delivery held something else', fields);
        else log.warn('a delivery held something else', { ...fields, ...(alarm && { alarm }) });
      }
      for (const [code, count] of failuresByCode(delivery)) {
        log.warn('a part was not delivered', { code, count });
      }
      return accepted;
    },

    /** Answers when to look again. */
    look(report: WorkReport): number | undefined {
      const { outcome, conversation, attempt, sent, waitedMs, tookMs, error, lookAgainAt } = report;
      const fields = { who: who(conversation), outcome, attempt, parts: sent, waitedMs, ms: tookMs };
      if (outcome in TURN_OUTCOMES) metrics.turn(TURN_OUTCOMES[outcome as keyof typeof TURN_OUTCOMES]);
      if (outcome === 'answered' && waitedMs !== undefined) metrics.answeredAfter(waitedMs);
      if (outcome === 'idle' || outcome === 'held' || outcome === 'later') log.debug('nothing to do', fields);
      else if (error === undefined) log.info('turn', fields);
      else if (outcome === 'buried') log.warn('turn', { ...fields, error, alarm: 'dead-letter' });
      else if (error instanceof Unavailable && error.alarm !== undefined) {
        const { alarm } = error;
        const count = rings(alarm);
        if (count !== undefined) log.warn('turn', { ...fields, error, alarm, count });
        else log.debug('turn', { ...fields, error });
      } else log.warn('turn', { ...fields, error });
      return lookAgainAt;
    },

    chore(name: string): (error: unknown) => void {
      return (error) => log.warn('a chore failed and will be tried again', { name, error });
    },
  };
}

/** How many parts failed for each code; a delivery may tell of a thousand. */
function failuresByCode({ statuses }: Delivery): ReadonlyMap<string | undefined, number> {
  const counts = new Map<string | undefined, number>();
  for (const { progress, code } of statuses) {
    if (progress === 'failed') counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  return counts;
}
