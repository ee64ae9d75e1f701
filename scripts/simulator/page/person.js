import { make } from './elements.js';
import { digitsOf } from './side.js';
import { ask } from './talk.js';

const $ = (id) => document.getElementById(id);

/** Shows the identities of the person. */
export function drawIdentity({ name, phone, userId, username }) {
  $('identity-name').textContent = name;
  const shown = {
    'Phone number': phone ? `+${phone}` : 'hidden',
    'User id': userId,
    'User name': username ?? 'none',
  };
  const entries = Object.entries(shown).flatMap(([label, value]) => [
    make('dt', {}, label),
    make('dd', {}, value),
  ]);
  $('identity').replaceChildren(...entries);
}

/** The forms that change them. `showError` is called when a request is rejected. */
export function startPersonTools({ person, showError }) {
  $('change-number').addEventListener('submit', (event) => {
    event.preventDefault();
    const phone = digitsOf(new FormData(event.target).get('phone'));
    ask('number', { person: person(), phone })
      .then(() => {
        event.target.reset();
        showError(undefined);
      })
      .catch(showError);
  });
  $('change-user-id').addEventListener('click', () => {
    ask('user-id', { person: person() }).catch(showError);
  });
}
