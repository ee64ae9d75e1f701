import { make } from './elements.js';

const MAX_LINES = 5;

/**
 * Says a line to people who use a screen reader. `region` is a live region of its own: later changes of the bubbles, and the
 * messages of a chat that is opened, are not announced.
 */
export function announce(region, line) {
  region.append(make('p', {}, line));
  while (region.childElementCount > MAX_LINES) region.firstElementChild.remove();
}
