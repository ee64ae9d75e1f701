/** How long things are kept. One place, because privacy notices quote it. */

const DAY_MS = 24 * 60 * 60 * 1000;

/** Meta redelivers for up to 7 days ("Webhooks", Graph API): an id forgotten earlier would be answered twice. */
export const IDS_KEPT_MS = 9 * DAY_MS;
/** The text of a reply whose last status never comes: the phone was off for as long as Meta keeps trying to tell us. */
export const TEXT_KEPT_MS = 7 * DAY_MS;
/** Time for an operator to send a dead letter back. */
export const DEAD_LETTERS_KEPT_MS = 14 * DAY_MS;
/** How many messages one turn takes at most; a flood becomes several turns. */
export const MAX_TURN_MESSAGES = 50;
