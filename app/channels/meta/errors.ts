import type { Backoff } from '../../resilience/cooldowns.ts';
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

/** Meta, "Error codes", template message errors and those of Flows, which a template may hold. */
const TEMPLATE_CODES: readonly number[] = range(132_000, 132_069);
/** The code of an expired token; Meta's other codes for it are mapped to this one. */
export const TOKEN_CODE = '190';
/** Not delivered to the phone: it has no WhatsApp, or the person no longer has the number. */
export const UNDELIVERABLE_CODE = '131026';
/** A test number sends to at most five numbers, which are entered in Meta's dashboard ("Get started, test number"). */
const NOT_ALLOWED_CODE = 131030;
const NOT_ALLOWED =
  'the recipient is not in the list of allowed recipients of this test number. Add it there as its wa_id is written; numbers of Argentina and Mexico in both forms, 54 9 and 54, 52 1 and 52';
/** Reasons for which a template is refused, as an operator can mend them. Other codes of templates are about variables. */
const TEMPLATE_REASONS: ReadonlyMap<number, string> = new Map([
  [132001, 'no template has this name and language, or it is not approved'],
  [132007, "its content violates WhatsApp's policy"],
  [132015, 'it is paused because of its low quality'],
  [132016, 'it is disabled, since it was paused too often'],
]);
/** Too many messages to one person. Meta asks to wait 4^X seconds, where X counts the consecutive refusals from 0. */
const PAIR_CODE = '131056';

/** The number's quality is low: an operator has to act, and the number has to back off. */
const QUALITY: Meaning = { ...NUMBER_REFUSED, backoff: { firstMs: HOUR, factor: 1, maxMs: HOUR } };
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
  ...each([0, 102, 190], TOKEN_REFUSED),

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
  ...each([131037, 131042, 131045, 133006, 133010, 133016], NUMBER_REFUSED),

  // permission and policy
  ...each([3, 10, 131005, 368, 130497, 131031], 'never'),
  ...each(range(200, 299), 'never'),

  // this person: undeliverable, the sender itself, Meta's choice, opted out, experiment
  ...each([131026, 131021, 131049, 131050, 130472, 131062, 137000], 'never'),

  // more than 24 hours since the person wrote
  ...each([131047], 'outside-window'),

  // not on the recipient list of a test number, until an operator adds it
  ...each([NOT_ALLOWED_CODE], 'never'),

  // this message
  ...each([33, 100, 131008, 131009, 131051, 131052, 131063, 131064, 135000], 'never'),
  ...each(TEMPLATE_CODES, 'never'),
]);

/** The codes of the table: no other becomes the label of a metric. */
export const KNOWN_CODES: ReadonlySet<string> = new Set([...MEANINGS.keys()].map(String));

/**
 * 429 counts as throttling of the number even with another code (seen by public receivers, though Meta documents throttling
 * as 400).
 */
export const { refusalError, statusError, delayMs } = createRefusals({
  platform: 'Meta',
  meanings: MEANINGS,
  tokenCode: TOKEN_CODE,
  throttles: 'number',
  hintFor,
});

/** Returns what an operator should know of a code. */
function hintFor(code: number): string | undefined {
  if (code === NOT_ALLOWED_CODE) return NOT_ALLOWED;
  if (!TEMPLATE_CODES.includes(code)) return undefined;
  const why = TEMPLATE_REASONS.get(code) ?? 'it must be a text without variables';
  return `the template that META_TEMPLATE or the business names cannot be sent: ${why}`;
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
