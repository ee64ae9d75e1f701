import type { Counters } from '../metrics.ts';

/** For a program that nobody can scrape: what it does is in its log. */
export const NO_METRICS: Counters = {
  delivery() {},
  signature() {},
  message() {},
  notice() {},
  status() {},
  turn() {},
  part() {},
  assistantTook() {},
  answeredAfter() {},
};
