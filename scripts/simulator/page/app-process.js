import { ask } from './talk.js';

const $ = (id) => document.getElementById(id);
const SAID = { crash: 'The app is being killed…', restart: 'The app is being restarted…' };

/** Shows whether the app can be killed and restarted: only `npm run dev` has started it. */
export function showDev(dev) {
  for (const button of $('app-process').querySelectorAll('button')) button.disabled = !dev;
  $('no-process').hidden = dev;
}

/** Shows what happened to the app last. */
export function showProcess(text) {
  $('process-line').textContent = text;
}

/** The buttons that kill and restart the app. */
export function startProcess({ showError }) {
  $('app-process').addEventListener('click', async ({ target }) => {
    const action = target.closest('button')?.dataset.action;
    if (!action) return;
    showProcess(SAID[action]);
    try {
      await ask('app', { action });
      showError(undefined);
    } catch (error) {
      showProcess('');
      showError(error);
    }
  });
}
