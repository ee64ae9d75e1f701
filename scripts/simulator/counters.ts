/** Counts since the start. */
export interface Counters {
  /** Messages of people. */
  said: number;
  /** Accepted sends. */
  accepted: number;
  /** Rejected calls by the platform's error code. */
  refused: Record<string, number>;
  /** Calls whose connection was reset, accepted or not. */
  unanswered: number;
  /** Read receipts, with or without typing. */
  receipts: number;
  /** POSTs to the app, including redeliveries. */
  posts: number;
  redeliveries: number;
  /** Deliveries that the app accepted. */
  acknowledged: number;
  /** Deliveries that the app has not accepted so far. */
  outstanding: number;
}

export function noCounts(): Counters {
  return {
    said: 0,
    accepted: 0,
    refused: {},
    unanswered: 0,
    receipts: 0,
    posts: 0,
    redeliveries: 0,
    acknowledged: 0,
    outstanding: 0,
  };
}
