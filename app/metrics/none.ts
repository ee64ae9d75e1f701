import type { Counters } from '../metrics.ts';

/** Counts nothing. */
export const NO_METRICS: Counters = {
  delivery() {},
  acceptedAfter() {},
  signature() {},
  message() {},
  notice() {},
  status() {},
  turn() {},
  paused() {},
  handOff() {},
  part() {},
  sendError() {},
  unknownSend() {},
  rateLimitWait() {},
  wakeUpAge() {},
  turnStage() {},
  pricedPart() {},
  assistantTook() {},
  tokens() {},
  answeredAfter() {},
  forgotten() {},
};
