import type { Accepted } from './conversation/accept.ts';
import { Refused, Unavailable } from './conversation/errors.ts';
import type { Delivery } from './conversation/message.ts';
import type { WorkReport } from './conversation/work.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { Assistant, Channel } from './ports.ts';

/**
 * What happened, for logs and metrics. The conversation itself tells nobody: it returns or throws what is needed here.
 * A line with `alarm` is one that an operator must act on; alarms in AWS are made from that field.
 */

interface ReportingOptions {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly who: (identity: string) => string;
  readonly now: () => number;
}

/** Every alarm, with the codes of failures that raise it: they end when an operator has acted, and not before. */
export const ALARMS = {
  'token-refused': ['190'],
  // Meta, "Error codes": quality, display name, payment, no registration, and too many of them.
  'number-refused': ['131048', '131037', '131042', '131045', '133006', '133010', '133016'],
  'backend-key': ['backend-key', 'openai-key'],
  // No credit, no such model, nothing at the address.
  'assistant-refused': ['openai-spent', 'model_not_found', 'http-404'],
  'dead-letter': [],
  standby: [],
} as const satisfies Record<string, readonly string[]>;

type Alarm = keyof typeof ALARMS;

const ALARM_OF: ReadonlyMap<string | undefined, Alarm> = new Map(
  Object.entries(ALARMS).flatMap(([alarm, codes]) => codes.map((code) => [code, alarm as Alarm] as const)),
);

const TURN_OUTCOMES = { answered: 'answered', again: 'retried', buried: 'buried', lost: 'lost' } as const;

export function reporting({ log, metrics, who, now }: ReportingOptions) {
  let toldOfForeign = false;

  return {
    /** Counts what the channel does, and does what the channel does. */
    channel(channel: Channel): Channel {
      return {
        ...channel,
        async send(...args) {
          try {
            const platformId = await channel.send(...args);
            metrics.part('sent');
            return platformId;
          } catch (error) {
            metrics.part(
              error instanceof Refused ? 'refused' : error instanceof Unavailable ? 'unavailable' : 'unknown',
            );
            throw error;
          }
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
      for (const notice of delivery.notices) {
        const alarm = notice.what === 'standby' ? { alarm: 'standby' satisfies Alarm } : {};
        log.warn('a delivery held something else', { what: notice.what, detail: notice.detail, ...alarm });
      }
      for (const { progress, code } of delivery.statuses) {
        if (progress === 'failed') log.warn('a part was not delivered', { code });
      }
      return accepted;
    },

    /** Answers when to look again. */
    look(report: WorkReport): number | undefined {
      const {
        outcome,
        conversation,
        attempt,
        sent,
        repeated = 0,
        waitedMs,
        tookMs,
        error,
        lookAgainAt,
      } = report;
      const fields = { who: who(conversation), outcome, attempt, parts: sent, waitedMs, ms: tookMs };
      if (outcome in TURN_OUTCOMES) metrics.turn(TURN_OUTCOMES[outcome as keyof typeof TURN_OUTCOMES]);
      for (let count = 0; count < repeated; count += 1) metrics.part('repeated');
      if (outcome === 'answered' && waitedMs !== undefined) metrics.answeredAfter(waitedMs);
      if (outcome === 'idle' || outcome === 'held' || outcome === 'later') log.debug('nothing to do', fields);
      else if (error === undefined) log.info('turn', fields);
      else log.warn('turn', { ...fields, error, ...alarmOf(report) });
      return lookAgainAt;
    },

    chore(name: string): (error: unknown) => void {
      return (error) => log.warn('a chore failed and will be tried again', { name, error });
    },
  };
}

function alarmOf({ outcome, error }: WorkReport): { readonly alarm?: Alarm } {
  const code = error instanceof Unavailable ? error.code : undefined;
  const alarm = ALARM_OF.get(code) ?? (outcome === 'buried' ? 'dead-letter' : undefined);
  return alarm === undefined ? {} : { alarm };
}
