import { OUTSIDE_WINDOW, Refused, type Unavailable, Unknown } from '../../domain/errors.ts';
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

/** The code of a refused account SID or auth token. */
export const TOKEN_CODE = '20003';
/** The person's last message is older than 24 hours. */
const WINDOW_CODE = 63016;
/** The person has not joined the sandbox, a number that Twilio shares for tries. */
const SANDBOX_CODE = 63015;
const SANDBOX =
  'the number is the sandbox, and this person has not joined it: they send it the words shown in the Twilio console under Messaging, Try it out';

/** Waiting turns are retried until an operator sets a new token. */
const TOKEN: Meaning = {
  scope: 'number',
  backoff: { firstMs: 5 * SECOND, factor: 2, maxMs: 5 * MINUTE },
  alarm: 'token-refused',
};
/** An operator has to correct the sender or the account. */
const NUMBER_PROBLEM: Meaning = {
  scope: 'number',
  backoff: { firstMs: MINUTE, factor: 2, maxMs: HOUR },
  alarm: 'number-refused',
};
const ACCOUNT_PROBLEM: Meaning = { ...NUMBER_PROBLEM, scope: 'account' };
/** A limit of a day. */
const USED_UP: Meaning = { ...ACCOUNT_PROBLEM, backoff: { firstMs: HOUR, factor: 1, maxMs: HOUR } };
/** A single refusal does not prove a lasting limit, so the first delay is short; repeated refusals make it grow. */
const THROTTLED: Backoff = { firstMs: SECOND, factor: 2, maxMs: MINUTE };

/**
 * Source: Twilio, "Error and warning dictionary", and "Twilio and WhatsApp error codes", which names WhatsApp's codes behind
 * them. The same table for a refused send and for the `ErrorCode` of a status: WhatsApp's own refusals come as statuses,
 * after Twilio has accepted the part.
 */
const MEANINGS: ReadonlyMap<number, Meaning> = new Map<number, Meaning>([
  ...each([Number(TOKEN_CODE)], TOKEN),

  // throttling: concurrent calls of the API, messages of the account, of the WhatsApp sender, its queue at Twilio
  ...each([20429], { scope: 'account', backoff: THROTTLED }),
  ...each([63017, 14107], { scope: 'account', backoff: THROTTLED }),
  ...each([63018, 21611, 30001], { scope: 'number', backoff: THROTTLED }),
  ...each([63038], USED_UP),

  // suspended, closed, not allowed, test credentials, unknown account
  ...each([10001, 20005, 20006, 20008, 20010, 20404, 30002], ACCOUNT_PROBLEM),
  // the sender: not at WhatsApp or of another account, misconfigured, not authorised, not paid or disabled by Meta, its name
  // not approved; an address of ours that Twilio does not call
  ...each([63001, 63002, 63007, 63008, 63020, 63022, 63112], NUMBER_PROBLEM),
  ...each([21212, 21603, 21606, 21609], NUMBER_PROBLEM),

  // outage or unknown cause at Twilio or WhatsApp; a few attempts
  ...each([20500, 20503, 30008, 63009, 63010, 63011, 63012, 63023], { scope: 'turn' }),

  // this person: no such number, no permission for the country, opted out, not in the trial's list, not on WhatsApp, blocked,
  // not in the sandbox, the sender itself, Meta's choice
  ...each([21211, 21217, 21265, 21408, 21608, 21610, 21612, 21614], 'never'),
  ...each([63003, 63014, SANDBOX_CODE, WINDOW_CODE, 63024, 63031, 63032, 63033, 63036, 63049], 'never'),

  // this message: too long, without text, its template unknown, paused or with wrong variables, its content not accepted
  ...each([21602, 21605, 21617, 21619, 21620, 21654, 21655, 21656], 'never'),
  ...each([63005, 63006, 63013, 63019, 63021, 63025, 63027, 63028, 63029, 63030], 'never'),
  ...each([63040, 63041, 63042], 'never'),
]);

/** An unsuccessful response of Twilio. `code` is that of its JSON; absent when the response had none. */
export type Refusal = RefusedSend & { readonly status: number; readonly code?: number };

/**
 * Returns the error for a refusal. A known code decides; otherwise the HTTP status does: 429 is never processed (Twilio,
 * error 20429), 401 is the token, 5xx has an unknown outcome.
 */
export function refusalError(refusal: Refusal): Unavailable | Refused | Unknown {
  const { status, code, cause } = refusal;
  const known = code === undefined ? undefined : MEANINGS.get(code);
  if (known !== undefined && !(known === 'never' && status === 429)) return error(known, refusal);
  if (status === 429) return error({ scope: 'account', backoff: THROTTLED }, refusal);
  if (status === 401) return error(TOKEN, refusal);
  if (status >= 500 || status < 300 || status === 408) {
    return new Unknown(`Twilio responded with ${describe(refusal)}: it may have accepted the part`, {
      cause,
    });
  }
  // A redirect, a response of a proxy, or a code that is not in the table: not accepted, and worth a few attempts.
  return error({ scope: 'turn' }, refusal);
}

/** Returns the error for the code of a failed status. */
export function statusError(code: string | undefined): Unavailable | Refused {
  return error(MEANINGS.get(Number(code)) ?? { scope: 'turn' }, { code });
}

/** Returns the delay after a refusal that followed `consecutive` others. Never shorter than Twilio asked for. */
export function delayMs(failure: Unavailable, consecutive: number): number {
  const meaning = MEANINGS.get(Number(failure.code));
  return delayAfter(failure, (meaning !== 'never' && meaning?.backoff) || THROTTLED, consecutive);
}

function error(meaning: Meaning, from: RefusedSend): Unavailable | Refused {
  const code = Number(from.code);
  if (code === WINDOW_CODE) {
    const { cause } = from;
    return new Refused(`Twilio rejected the part: code ${WINDOW_CODE}`, { code: OUTSIDE_WINDOW, cause });
  }
  const refusal = meaning === TOKEN ? { ...from, code: TOKEN_CODE } : from;
  return refusedWith('Twilio', meaning, refusal, code === SANDBOX_CODE ? SANDBOX : undefined);
}
