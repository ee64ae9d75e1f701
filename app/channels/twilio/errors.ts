import {
  createRefusals,
  each,
  type Meaning,
  NUMBER_REFUSED,
  THROTTLED,
  TOKEN_REFUSED,
} from '../../resilience/refusals.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** The code of a refused account SID or auth token. */
export const TOKEN_CODE = '20003';
/** Codes of parts that were not delivered to the phone: it has no WhatsApp, or the person no longer has the number. */
const UNDELIVERABLE = new Set(['63003', '63024']);
/** The person has not joined the sandbox, a number that Twilio shares for tries. */
const SANDBOX_CODE = 63015;
const SANDBOX =
  'the number is the sandbox, and this person has not joined it: they send it the words shown in the Twilio console under Messaging, Try it out';

/** An operator has to correct the account. */
const ACCOUNT_PROBLEM = { ...NUMBER_REFUSED, scope: 'account' } as const;
/** A limit of a day. */
const USED_UP: Meaning = { ...ACCOUNT_PROBLEM, backoff: { firstMs: HOUR, factor: 1, maxMs: HOUR } };
/**
 * Source: Twilio, "Error and warning dictionary", and "Twilio and WhatsApp error codes", which names WhatsApp's codes behind
 * them. The same table for a refused send and for the `ErrorCode` of a status: WhatsApp's own refusals come as statuses,
 * after Twilio has accepted the part.
 */
const MEANINGS: ReadonlyMap<number, Meaning> = new Map<number, Meaning>([
  ...each([Number(TOKEN_CODE)], TOKEN_REFUSED),

  // throttling: concurrent calls of the API, messages of the account, of the WhatsApp sender, its queue at Twilio
  ...each([20429], { scope: 'account', backoff: THROTTLED }),
  ...each([63017, 14107], { scope: 'account', backoff: THROTTLED }),
  ...each([63018, 21611, 30001], { scope: 'number', backoff: THROTTLED }),
  ...each([63038], USED_UP),

  // suspended, closed, not allowed, test credentials, unknown account
  ...each([10001, 20005, 20006, 20008, 20010, 20404, 30002], ACCOUNT_PROBLEM),
  // the sender: not at WhatsApp or of another account, misconfigured, not authorised, not paid or disabled by Meta, its name
  // not approved; an address of ours that Twilio does not call
  ...each([63001, 63002, 63007, 63008, 63020, 63022, 63112], NUMBER_REFUSED),
  ...each([21212, 21603, 21606, 21609], NUMBER_REFUSED),

  // outage or unknown cause at Twilio or WhatsApp; a few attempts
  ...each([20500, 20503, 30008, 63009, 63010, 63011, 63012, 63023], { scope: 'turn' }),

  // this person: no such number, no permission for the country, opted out, not in the trial's list, not on WhatsApp, blocked,
  // not in the sandbox, the sender itself, Meta's choice
  ...each([21211, 21217, 21265, 21408, 21608, 21610, 21612, 21614], 'never'),
  ...each([63003, 63014, SANDBOX_CODE, 63024, 63031, 63032, 63033, 63036, 63049], 'never'),

  // more than 24 hours since the person wrote
  ...each([63016], 'outside-window'),

  // this message: too long, without text, its template unknown, paused or with wrong variables, its content not accepted
  ...each([21602, 21605, 21617, 21619, 21620, 21654, 21655, 21656], 'never'),
  ...each([63005, 63006, 63013, 63019, 63021, 63025, 63027, 63028, 63029, 63030], 'never'),
  ...each([63040, 63041, 63042], 'never'),
]);

/** The codes of the table: no other becomes the label of a metric. */
export const KNOWN_CODES: ReadonlySet<string> = new Set([...MEANINGS.keys()].map(String));

/** 429 is never processed (Twilio, error 20429). */
export const { refusalError, statusError, delayMs } = createRefusals({
  platform: 'Twilio',
  meanings: MEANINGS,
  tokenCode: TOKEN_CODE,
  throttles: 'account',
  hintFor: (code) => (code === SANDBOX_CODE ? SANDBOX : undefined),
});

export function isUndeliverable(code: string): boolean {
  return UNDELIVERABLE.has(code);
}
