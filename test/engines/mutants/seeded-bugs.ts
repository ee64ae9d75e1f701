import { businesses } from './bugs/businesses.ts';
import { corrections } from './bugs/corrections.ts';
import { failedLater } from './bugs/failed-later.ts';
import { handOff } from './bugs/hand-off.ts';
import { isolation } from './bugs/isolation.ts';
import { leavingWell } from './bugs/leaving-well.ts';
import { looksRight } from './bugs/looks-right.ts';
import { nothingWaits } from './bugs/nothing-waits.ts';
import { oneEffect } from './bugs/one-effect.ts';
import { order } from './bugs/order.ts';
import { ownLanguage } from './bugs/own-language.ts';
import { quiet } from './bugs/quiet.ts';
import { registry } from './bugs/registry.ts';
import { replyContract } from './bugs/reply-contract.ts';
import { replyFirst } from './bugs/reply-first.ts';
import type { SeededBug } from './bugs/seeded-bug.ts';
import { standing } from './bugs/standing.ts';
import { stored } from './bugs/stored.ts';
import { storedBusinesses } from './bugs/stored-businesses.ts';
import { window } from './bugs/window.ts';

/** Bugs that each break one promise. The tests of the promise must fail on them. */
export const SEEDED_BUGS: readonly SeededBug[] = [
  ...stored,
  ...oneEffect,
  ...replyFirst,
  ...replyContract,
  ...order,
  ...corrections,
  ...failedLater,
  ...nothingWaits,
  ...handOff,
  ...isolation,
  ...businesses,
  ...registry,
  ...storedBusinesses,
  ...quiet,
  ...leavingWell,
  ...looksRight,
  ...ownLanguage,
  ...standing,
  ...window,
];
