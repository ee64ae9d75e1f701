import { drawFaultKinds } from './faults.js';
import { ask } from './talk.js';

const $ = (id) => document.getElementById(id);

/** Shows what this platform has. */
export function showChannel(channel) {
  document.body.dataset.channel = channel;
  for (const element of document.querySelectorAll('[data-channel]:not(body)'))
    element.hidden = element.dataset.channel !== channel;
  drawFaultKinds(channel);
}

/**
 * The form of a new person, the switch of the phone, and the check of the callback address. `owner` returns the person who
 * has a phone number. `opened` is called with a new person. `showError` is called with an error when a request is rejected,
 * and with undefined after the next one that is not.
 */
export function startTools({ person, owner, opened, showError }) {
  $('add-person').addEventListener('submit', (event) => {
    event.preventDefault();
    add(new FormData(event.target)).then(() => showError(undefined), showError);
  });
  $('phone-off').addEventListener('change', ({ target }) => {
    ask('phone', { person: person(), off: target.checked }).catch(showError);
  });
  $('verify').addEventListener('click', async () => {
    $('verified').textContent = 'Asking…';
    const { passed, status } = await ask('verify', {}).catch((error) => {
      showError(error);
      return {};
    });
    const failed = status ? `It answered ${status}, which is not the challenge.` : 'It does not answer.';
    $('verified').textContent = passed ? 'It answered with the challenge.' : failed;
  });

  async function add(form) {
    const entered = [...form]
      .map(([name, value]) => [name, value.trim()])
      .filter(([, value]) => value !== '');
    const fields = Object.fromEntries(entered);
    if (fields.phone !== undefined) fields.phone = digitsOf(fields.phone);
    const other = owner(fields.phone);
    if (other)
      throw new Error(`${other.name} has this phone number already: choose that chat, or another number.`);
    const added = await ask('people', fields);
    $('add-person').reset();
    opened(added);
  }
}

/** Returns a phone number without `+`, spaces, hyphens, dots and brackets, as it is written in messages. */
export function digitsOf(phone) {
  return phone.replace(/[\s()+.-]/g, '');
}
