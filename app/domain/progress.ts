import type { Progress } from './message.ts';

/**
 * Statuses come out of order and more than once (Meta, "Webhooks: status"), so a part keeps the highest it has seen.
 * `failed` stands above `sent`, which says only that Meta tried, and below `delivered`, which proves it wrong.
 */
const RANK: Readonly<Record<Progress, number>> = {
  other: 0,
  sent: 1,
  failed: 2,
  delivered: 3,
  read: 4,
  played: 5,
};

/** The one of two reports that says more; the same whatever the order they came in. */
export function furthest(known: Progress | undefined, heard: Progress): Progress {
  return known === undefined || RANK[heard] > RANK[known] ? heard : known;
}

/**
 * True when the report proves that the person's phone has the part. No later report can matter then, and the text of the
 * part need not be kept any longer.
 */
export function hasArrived(progress: Progress | undefined): boolean {
  return progress !== undefined && RANK[progress] > RANK.failed;
}
