/** The traffic of a month, and the load that it puts on each part of a stack. */

export const HOURS = 730;
const SECONDS = HOURS * 3600;

/** Answered messages a month, unless the command names a number. Each is a turn of its own. */
export const DEFAULT_MESSAGES = 30_000;

/** A claim, about ten seconds of the assistant, and a send. */
export const SECONDS_PER_TURN = 12;

/** Traffic of the busiest hour, as a multiple of the average. */
const PEAK = 4;

/** Conversations that are worked on at the same time in the busiest hour. */
export function peakConversations(messages: number): number {
  return Math.ceil((messages * SECONDS_PER_TURN * PEAK) / SECONDS);
}

/**
 * Part of the time that App Runner counts as active: it counts whole minutes (AWS App Runner pricing, "one-minute
 * minimum"), and a message with its three statuses keeps it busy for about one, wherever in the month that falls.
 */
export function activeShare(messages: number): number {
  return 1 - Math.exp(-messages / (HOURS * 60));
}
