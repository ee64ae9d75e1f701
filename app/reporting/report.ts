import type { Accepted } from '../conversation/accept.ts';
import type { WorkReport } from '../conversation/work.ts';
import { businessOf } from '../domain/business.ts';
import { type Alarm, Unavailable } from '../domain/errors.ts';
import type { ChannelName, Delivery } from '../domain/message.ts';
import { oncePerMinute } from '../log/once-per-minute.ts';
import type { Fields, Log } from '../log.ts';
import type { Counters } from '../metrics.ts';
import type { Forgotten } from '../ports/store.ts';
import { reportingPrices } from './prices.ts';

/**
 * Writes the log lines and metrics. The conversation itself writes none: it returns or throws what is needed here. A line
 * with `alarm` requires operator action; the alarms in AWS match that field.
 */

interface ReportOptions {
  readonly log: Log;
  readonly metrics: Counters;
  readonly personHash: (identity: string) => string;
  readonly now: () => number;
  /** Returns the variable that says which numbers of a channel are ours. */
  readonly numbersFrom?: (channel: ChannelName) => string;
}

/** Notices that require operator action. */
const ALARMS_OF_NOTICES: ReadonlyMap<string, Alarm> = new Map([
  ['standby', 'standby'],
  ['account_restricted', 'account-restricted'],
]);

const WRONG_APP = 'wrong_app';

const TURN_OUTCOMES = {
  answered: 'answered',
  silent: 'silent',
  limited: 'limited',
  postponed: 'postponed',
  again: 'retried',
  buried: 'buried',
  apologised: 'apologised',
  repeated: 'repeated',
  lost: 'lost',
} as const;

export function createReport({
  log,
  metrics,
  personHash,
  now,
  numbersFrom = () => 'META_BUSINESS_PHONE_NUMBER_ID',
}: ReportOptions) {
  let foreignLogged = false;
  const countToLog = oncePerMinute(now);
  const reportPrices = reportingPrices({ log, metrics, now });

  /** One app may deliver for a business while it moves to its own, so this is no alarm. */
  function logUncovered(items: number): void {
    metrics.notice(WRONG_APP, items);
    const count = countToLog(WRONG_APP);
    if (count === undefined) return;
    log.warn('a delivery holds items of a business for which another app signs; they were left alone', {
      reason: WRONG_APP,
      count,
    });
  }

  /** One line per minute and business: thousands of its turns may wait. */
  function postponed({ conversation }: WorkReport, fields: Fields): void {
    const count = countToLog(`postponed of ${businessOf(conversation)}`);
    if (count !== undefined)
      log.warn('turns are postponed: the business is at its limit', { ...fields, count });
    else log.debug('turn', fields);
  }

  return {
    /** Counts and logs the content of a stored delivery. Returns the fields for the delivery's own log line. */
    delivery(delivery: Delivery, accepted: Accepted): Fields {
      const { stored, known, foreign, uncovered } = accepted;
      delivery.messages.forEach(({ content }, index) => {
        metrics.message(content.kind, accepted.outcomes[index] ?? 'foreign');
      });
      for (const { progress } of delivery.statuses) metrics.status(progress);
      reportPrices(accepted);
      // Once per process: a second number under the same Meta app would cause a line with every delivery.
      if (foreign > uncovered && !foreignLogged) {
        foreignLogged = true;
        const [first] = [...delivery.messages, ...delivery.statuses];
        log.warn('a delivery is for another number than ours and was left alone; it is said once', {
          ...(first !== undefined && { variable: numbersFrom(first.channel) }),
          foreign: foreign - uncovered,
        });
      }
      if (uncovered > 0) logUncovered(uncovered);
      for (const { what, detail, count = 1, routine } of delivery.notices) {
        metrics.notice(what, count);
        const fields = { what, detail, count };
        const alarm = ALARMS_OF_NOTICES.get(what);
        if (routine) log.debug('a delivery held something else', fields);
        else log.warn('a delivery held something else', { ...fields, ...(alarm && { alarm }) });
      }
      for (const [code, count] of failuresByCode(delivery)) {
        log.warn('a part was not delivered', { code, count });
      }
      return { stored, known, foreign };
    },

    /** Counts and logs an attempt at a turn. Returns the time of the conversation's next wake-up, if any. */
    work(report: WorkReport): number | undefined {
      const { outcome, conversation, attempt, sent, waitedMs, tookMs, error, lookAgainAt, handOff } = report;
      const business = businessOf(conversation);
      const who = personHash(conversation);
      const fields = { who, business, outcome, attempt, parts: sent, waitedMs, ms: tookMs };
      if (outcome in TURN_OUTCOMES) metrics.turn(TURN_OUTCOMES[outcome as keyof typeof TURN_OUTCOMES]);
      if (handOff !== undefined) {
        metrics.handOff(handOff);
        log.info('hand-off', { who, business, reason: handOff });
      }
      if (outcome === 'answered' && waitedMs !== undefined) metrics.answeredAfter(waitedMs);
      if (outcome === 'answered') metrics.paused(business, undefined);
      if (outcome === 'idle' || outcome === 'held' || outcome === 'later') log.debug('nothing to do', fields);
      else if (error === undefined) log.info('turn', fields);
      else if (outcome === 'postponed') postponed(report, { ...fields, error });
      else if (outcome === 'buried') log.warn('turn', { ...fields, error, alarm: 'dead-letter' });
      else if (error instanceof Unavailable && error.alarm !== undefined) {
        const { alarm, scope } = error;
        metrics.paused(business, lookAgainAt);
        const count = countToLog(scope === 'app' ? alarm : `${alarm} of ${business}`);
        if (count !== undefined) log.warn('turn', { ...fields, error, alarm, count });
        else log.debug('turn', { ...fields, error });
      } else log.warn('turn', { ...fields, error });
      return lookAgainAt;
    },

    /** Counts what the retention job deleted, and logs it when there was something. */
    forgotten({ texts, rows }: Forgotten): void {
      metrics.forgotten({ texts, rows });
      if (texts + rows > 0) log.info('what is past its retention was deleted', { texts, rows });
    },

    /** Returns a function that logs the failures of a periodic job. */
    job(name: string): (error: unknown) => void {
      return (error) => log.warn('a chore failed and will be tried again', { name, error });
    },
  };
}

/** One line for each code: one delivery may report a thousand failed parts. */
function failuresByCode({ statuses }: Delivery): ReadonlyMap<string | undefined, number> {
  const counts = new Map<string | undefined, number>();
  for (const { progress, code } of statuses) {
    if (progress === 'failed') counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  return counts;
}
