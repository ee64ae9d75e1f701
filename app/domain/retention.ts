/** Retention periods, in one place because privacy notices quote them. */

const DAY_MS = 24 * 60 * 60 * 1000;

/** Meta redelivers for up to 7 days ("Webhooks", Graph API): a message whose id was deleted earlier would be answered twice. */
export const IDS_KEPT_MS = 9 * DAY_MS;
/** For a person who asked for no more messages: nothing that they write later is answered, until they ask for it. */
export const OPT_OUTS_KEPT_MS = 365 * DAY_MS;
/** For the text of a reply whose last status never arrives: a phone may be off for as long as Meta retries. */
export const TEXT_KEPT_MS = 7 * DAY_MS;
/** Time for an operator to redrive a dead letter. */
export const DEAD_LETTERS_KEPT_MS = 14 * DAY_MS;
/** For comparing a month with the same one of both years before. Counts of parts belong to no person. */
export const COSTS_KEPT_MONTHS = 25;
/** Maximum messages of one turn; the others become later turns. */
export const MAX_TURN_MESSAGES = 50;
