import { createLimits } from '#app/conversation/limits.ts';
import type { Clock } from '#app/ports/clock.ts';
import { createTurnCounter } from '#app/stores/turn-counter.ts';

/** The limits of one process, as its businesses have them in their settings. */
export const limitsIn = (clock: Pick<Clock, 'now'>) => createLimits({ counter: createTurnCounter(), clock });
