/** Delivery status of a part, as the platform reports it. `other`: an unknown value. */
export type Progress = 'sent' | 'delivered' | 'read' | 'played' | 'failed' | 'other';

/**
 * Statuses come out of order and more than once (Meta, "Webhooks: status"), so a part keeps the highest one. `failed` ranks
 * above `sent`, which only says that Meta tried, and below `delivered`, which disproves it.
 */
const RANK: Readonly<Record<Progress, number>> = {
  other: 0,
  sent: 1,
  failed: 2,
  delivered: 3,
  read: 4,
  played: 5,
};

/** Returns the higher-ranked of two reports, so their order does not matter. */
export function furthest(known: Progress | undefined, reported: Progress): Progress {
  return known === undefined || RANK[reported] > RANK[known] ? reported : known;
}

/**
 * Returns whether the report proves that the person's phone has the part. Later reports change nothing then, and the text
 * of the part is no longer needed.
 */
export function hasArrived(progress: Progress | undefined): boolean {
  return progress !== undefined && RANK[progress] > RANK.failed;
}
