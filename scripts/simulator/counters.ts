/** What happened since the start. */
export interface Counters {
  /** Messages of people. */
  said: number;
  /** Sends that were accepted. */
  accepted: number;
  /** Calls that were refused, by Graph code. */
  refused: Record<string, number>;
  /** Calls whose answer was taken away: accepted or not. */
  unanswered: number;
  /** Read receipts, with or without typing. */
  receipts: number;
  /** POSTs to the app, redeliveries among them. */
  posts: number;
  redeliveries: number;
  /** Deliveries that the app answered with 200. */
  acknowledged: number;
  /** Deliveries not answered with 200 yet. */
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
