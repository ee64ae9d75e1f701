import type { Counters } from '../metrics.ts';

/** For a program without a metrics page: its log tells what it does. */
export const NO_METRICS: Counters = {
  delivery() {},
  signature() {},
  message() {},
  notice() {},
  status() {},
  turn() {},
  paused() {},
  handOff() {},
  part() {},
  pricedPart() {},
  assistantTook() {},
  tokens() {},
  answeredAfter() {},
  forgotten() {},
};
