import { duration } from './duration.js';
import { ask } from './talk.js';

const $ = (id) => document.getElementById(id);
/** How far the simulator's clock is ahead of this one; milliseconds. */
let offset = 0;
let canMove = false;

/** Returns the time of the simulator, milliseconds since 1970. */
export function now() {
  return Date.now() + offset;
}

/** Shows how far the clock was moved, and whether it can be. */
export function showClock({ offsetMs, canSkip }) {
  offset = offsetMs;
  canMove = canSkip;
  const line = offsetMs === 0 ? '' : `The clock is ${duration(offsetMs)} ahead.`;
  for (const id of ['clock-line', 'clock-offset']) $(id).textContent = line;
  for (const button of $('skip').querySelectorAll('button')) button.disabled = !canSkip;
  $('no-skip').hidden = canSkip;
}

/** The buttons that move it. */
export function startClock({ showError }) {
  $('skip').addEventListener('click', async ({ target }) => {
    const ms = Number(target.closest('button')?.dataset.ms);
    if (!ms) return;
    $('clock-offset').textContent =
      `The clock is being moved by ${duration(ms)}; the app starts again with it…`;
    try {
      const { offsetMs } = await ask('clock', { skipMs: ms });
      showClock({ offsetMs, canSkip: canMove });
      showError(undefined);
    } catch (error) {
      showClock({ offsetMs: offset, canSkip: canMove });
      showError(error);
    }
  });
}
