import type { Counters } from '../metrics.ts';

/** Returns counters that count in both. */
export function inBoth(one: Counters, other: Counters): Counters {
  return {
    delivery: (...what) => each((counters) => counters.delivery(...what)),
    acceptedAfter: (...what) => each((counters) => counters.acceptedAfter(...what)),
    signature: (...what) => each((counters) => counters.signature(...what)),
    message: (...what) => each((counters) => counters.message(...what)),
    notice: (...what) => each((counters) => counters.notice(...what)),
    status: (...what) => each((counters) => counters.status(...what)),
    turn: (...what) => each((counters) => counters.turn(...what)),
    paused: (...what) => each((counters) => counters.paused(...what)),
    handOff: (...what) => each((counters) => counters.handOff(...what)),
    part: (...what) => each((counters) => counters.part(...what)),
    sendError: (...what) => each((counters) => counters.sendError(...what)),
    unknownSend: (...what) => each((counters) => counters.unknownSend(...what)),
    rateLimitWait: (...what) => each((counters) => counters.rateLimitWait(...what)),
    wakeUpAge: (...what) => each((counters) => counters.wakeUpAge(...what)),
    turnStage: (...what) => each((counters) => counters.turnStage(...what)),
    pricedPart: (...what) => each((counters) => counters.pricedPart(...what)),
    assistantTook: (...what) => each((counters) => counters.assistantTook(...what)),
    tokens: (...what) => each((counters) => counters.tokens(...what)),
    answeredAfter: (...what) => each((counters) => counters.answeredAfter(...what)),
    forgotten: (...what) => each((counters) => counters.forgotten(...what)),
  };

  function each(count: (counters: Counters) => void): void {
    count(one);
    count(other);
  }
}
