import { type Refused, type Unavailable, Unknown } from '../../domain/errors.ts';
import type { Backoff } from '../../resilience/cooldowns.ts';
import {
  delayAfter,
  describe,
  each,
  type Meaning,
  type RefusedSend,
  refusedWith,
} from '../../resilience/refusals.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** The code of an expired token; Meta's other codes for it are mapped to this one. */
export const TOKEN_CODE = '190';
/** Not delivered to the phone: it has no WhatsApp, or the person no longer has the number. */
export const UNDELIVERABLE_CODE = '131026';
/** A test number sends to at most five numbers, which are entered in Meta's dashboard ("Get started, test number"). */
const NOT_ALLOWED_CODE = 131030;
const NOT_ALLOWED =
  'the recipient is not in the list of allowed recipients of this test number. Add it there as its wa_id is written; numbers of Argentina and Mexico in both forms, 54 9 and 54, 52 1 and 52';
/** Too many messages to one person. Meta asks to wait 4^X seconds, where X counts the consecutive refusals from 0. */
const PAIR_CODE = '131056';

/** Waiting turns are retried until an operator sets a new token. */
const TOKEN: Meaning = {
  scope: 'number',
  backoff: { firstMs: 5 * SECOND, factor: 2, maxMs: 5 * MINUTE },
  alarm: 'token-refused',
};
/** An operator has to correct the number or the account. */
const NUMBER_PROBLEM: Meaning = {
  scope: 'number',
  backoff: { firstMs: MINUTE, factor: 2, maxMs: HOUR },
  alarm: 'number-refused',
};
/** The number's quality is low: an operator has to act, and the number has to back off. */
const QUALITY: Meaning = { ...NUMBER_PROBLEM, backoff: { firstMs: HOUR, factor: 1, maxMs: HOUR } };
/** A single refusal does not prove a lasting limit, so the first delay is short; repeated refusals make it grow. */
const THROTTLED: Backoff = { firstMs: SECOND, factor: 2, maxMs: MINUTE };
const DOWN: Backoff = { firstMs: 2 * SECOND, factor: 2, maxMs: MINUTE };

/**
 * Source: Meta, "Error codes" ("build your error handling around code"). A code in Graph's own error object means that the
 * message was not accepted, also with HTTP 500: 131000, "Message failed to send due to an unknown error", is therefore
 * retried and not reconciled. Its scope is the turn, so that it ends after a few attempts. The same code in a failed status
 * means that Meta accepted the message and did not deliver it.
 *
 * Errors of permission (3, 10, 200 to 299, 131005) and policy (368, 131031, 130497) are never retried: Meta would count it
 * against the business. The turns become dead letters, which an operator can redrive.
 */
const MEANINGS: ReadonlyMap<number, Meaning> = new Map<number, Meaning>([
  // tokens
  ...each([0, 102, 190], TOKEN),

  // throttling; 17, 32 and 613 are in "Graph API, rate limits" only
  ...each([4, 17, 32, 613], { scope: 'app', backoff: THROTTLED }),
  ...each([80007], { scope: 'account', backoff: THROTTLED }),
  ...each([130429], { scope: 'number', backoff: THROTTLED }),
  ...each([131048], QUALITY),
  ...each([Number(PAIR_CODE)], {
    scope: 'pair',
    backoff: { firstMs: SECOND, factor: 4, maxMs: 1024 * SECOND },
  }),

  // outage or maintenance at Meta
  ...each([2, 131016, 133004], { scope: 'number', backoff: DOWN }),
  ...each([131057], { scope: 'number', backoff: { firstMs: MINUTE, factor: 1, maxMs: MINUTE } }),

  // unknown cause; a few attempts
  ...each([1, 131000, 131053], { scope: 'turn' }),

  // not registered, not paid, name not approved, registered too often; needs an operator
  ...each([131037, 131042, 131045, 133006, 133010, 133016], NUMBER_PROBLEM),

  // permission and policy
  ...each([3, 10, 131005, 368, 130497, 131031], 'never'),
  ...each(range(200, 299), 'never'),

  // this person: undeliverable, the sender itself, window of 24 hours, Meta's choice, opted out, experiment
  ...each([131026, 131021, 131047, 131049, 131050, 130472, 131062, 137000], 'never'),

  // not on the recipient list of a test number, until an operator adds it
  ...each([NOT_ALLOWED_CODE], 'never'),

  // this message
  ...each([33, 100, 131008, 131009, 131051, 131052, 131063, 131064, 135000], 'never'),
  ...each(range(132_000, 132_069), 'never'),
]);

/** An unsuccessful response of Graph. */
export interface Refusal {
  readonly status: number;
  /** From Graph's error object; absent when the response had none. */
  readonly code?: number;
  readonly retryAfterMs?: number;
  /** Without secrets and personal data. */
  readonly cause: Error;
}

/**
 * Returns the error for a refusal. A known code decides; otherwise the HTTP status does: 429 slows the number down, 401 is
 * the token, 5xx has an unknown outcome. 429 counts as throttling even with another code (seen by public receivers,
 * though Meta documents throttling as 400).
 */
export function refusalError(refusal: Refusal): Unavailable | Refused | Unknown {
  const { status, code, cause } = refusal;
  const known = code === undefined ? undefined : MEANINGS.get(code);
  if (known !== undefined && !(known === 'never' && status === 429)) return error(known, refusal);
  if (status === 429) return error({ scope: 'number', backoff: THROTTLED }, refusal);
  if (status === 401) return error(TOKEN, refusal);
  if (status >= 500 || status < 300 || status === 408) {
    return new Unknown(`Meta responded with ${describe(refusal)}: it may have accepted the part`, { cause });
  }
  // A redirect, a response of a proxy, or a code that Meta has added since: not accepted, and worth a few attempts.
  return error({ scope: 'turn' }, refusal);
}

/** Returns the error for the code of a failed status. */
export function statusError(code: string | undefined): Unavailable | Refused {
  const known = code === undefined ? undefined : MEANINGS.get(Number(code));
  return error(known ?? { scope: 'turn' }, code === undefined ? {} : { code });
}

/** Returns the delay after a refusal that followed `consecutive` others. Never shorter than Meta asked for. */
export function delayMs(failure: Unavailable, consecutive: number): number {
  const meaning = MEANINGS.get(Number(failure.code));
  return delayAfter(failure, (meaning !== 'never' && meaning?.backoff) || THROTTLED, consecutive);
}

function error(meaning: Meaning, from: RefusedSend): Unavailable | Refused {
  const refusal = meaning === TOKEN ? { ...from, code: TOKEN_CODE } : from;
  return refusedWith(
    'Meta',
    meaning,
    refusal,
    Number(from.code) === NOT_ALLOWED_CODE ? NOT_ALLOWED : undefined,
  );
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
