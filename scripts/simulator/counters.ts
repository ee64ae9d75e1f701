/** Counts since the start. */
export interface Counters {
  /** Messages of people. */
  said: number;
  /** Accepted sends. */
  accepted: number;
  /** Rejected calls by Graph error code. */
  refused: Record<string, number>;
  /** Calls whose connection was reset, accepted or not. */
  unanswered: number;
  /** Read receipts, with or without typing. */
  receipts: number;
  /** POSTs to the app, including redeliveries. */
  posts: number;
  redeliveries: number;
  /** Deliveries with a 200 response. */
  acknowledged: number;
  /** Deliveries without a 200 response so far. */
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
