import { NO_ANSWER } from './talk.js';

const line = document.getElementById('trouble');
/** What is wrong with the app or the simulator, until it answers again. */
let state = '';
/** Why `npm run dev` says that the app does not run, in lines. */
let crashed = '';
/** What was rejected last, until something succeeds. */
let rejected = '';

function show() {
  const sentences = rejected === state ? state : [rejected, state].filter(Boolean).join(' ');
  line.textContent = [sentences, crashed].filter(Boolean).join('\n');
  line.classList.toggle('has-output', crashed !== '');
}

/** Shows how the webhook app answered the last delivery. */
export function showApp(answer) {
  if (answer === 'down') state = 'The webhook app does not answer; trying again.';
  else if (typeof answer === 'number' && answer !== 200)
    state = `The webhook app answered ${answer}, not 200; trying again.`;
  else state = '';
  if (rejected === NO_ANSWER) rejected = '';
  show();
}

/** Shows that the simulator is gone. */
export function showLost() {
  state = NO_ANSWER;
  show();
}

/** Shows why the app does not run; an empty text takes that away. */
export function showTrouble(text) {
  crashed = text;
  show();
}

/** Shows why something was rejected; undefined takes that away. */
export function showError(error) {
  rejected = error?.message ?? '';
  show();
}
