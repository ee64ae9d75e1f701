import { isJson, jsonProblem, readable } from './body-text.js';
import { make } from './elements.js';
import { ask } from './talk.js';

/** Draws one HTTP exchange: both directions, and what can be done with it. `resent` is called with the id of its repetition. */
export function drawHop(id, { resent }) {
  const detail = make('div', { class: 'hop' }, make('p', { class: 'hint' }, 'Loading…'));
  ask(`hops/${encodeURIComponent(id)}`).then(
    (hop) => fill(detail, hop, resent),
    (error) => detail.replaceChildren(make('p', { class: 'problem' }, error.message)),
  );
  return detail;
}

function fill(detail, hop, resent) {
  const { request, response, failure, fault, kind } = hop;
  const said = make('p', { role: 'status', class: 'said' });
  const deeds = make(
    'div',
    { class: 'deeds' },
    button('Copy as curl', () => copy(hop.curl, said)),
  );
  const editor = make('div');
  if (kind === 'delivery') {
    deeds.append(button('Resend', () => resend(hop, {}, said, resent)));
    const edit = button('Resend edited', () => {
      const open = editor.childElementCount === 0;
      edit.setAttribute('aria-expanded', String(open));
      if (!open) return editor.replaceChildren();
      editor.replaceChildren(drawEditor(hop, said, resent));
      editor.querySelector('textarea').focus();
    });
    edit.setAttribute('aria-expanded', 'false');
    deeds.append(edit);
  }
  detail.replaceChildren(
    make('p', { class: 'url' }, `${request.method} ${request.url}`),
    ...(fault === undefined ? [] : [make('p', { class: 'hint' }, `A fault acted on it: ${fault}`)]),
    deeds,
    said,
    editor,
    drawMessage('Request', request),
    response === undefined
      ? make(
          'p',
          { class: 'problem' },
          failure === undefined ? 'There is no response yet.' : `No response: ${failure}`,
        )
      : drawMessage(`Response ${response.status}`, response),
  );
}

function drawMessage(title, { headers, body }) {
  const names = headers.map(([name, value]) => make('div', {}, make('dt', {}, name), make('dd', {}, value)));
  const shown =
    body === '' ? make('p', { class: 'hint' }, 'No body.') : drawBody(title, readable(body, headers));
  return make(
    'section',
    {},
    make('h4', {}, title),
    make(
      'details',
      {},
      make('summary', {}, `${names.length} header${names.length === 1 ? '' : 's'}`),
      make('dl', {}, ...names),
    ),
    shown,
  );
}

/** A wide or long body scrolls, so it must be reachable with the keyboard. */
function drawBody(title, text) {
  return make(
    'pre',
    { dir: 'auto', tabindex: '0', role: 'region', 'aria-label': `Body of the ${title.toLowerCase()}` },
    text,
  );
}

function drawEditor(hop, said, resent) {
  const { body, headers } = hop.request;
  const wasJson = isJson(body);
  const words = make('textarea', {
    rows: '12',
    spellcheck: 'false',
    dir: 'auto',
    'aria-label': 'Body to send',
  });
  // A form is edited as it is sent: its decoded lines could not be told apart from values with line breaks.
  words.value = wasJson ? readable(body, headers) : body;
  const problem = make('p', { class: 'problem', role: 'alert' });
  const form = make('form', {}, words, problem, make('button', { type: 'submit' }, 'Send this body'));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const wrong = wasJson ? jsonProblem(words.value) : undefined;
    problem.textContent = wrong ?? '';
    words.toggleAttribute('aria-invalid', wrong !== undefined);
    if (wrong === undefined) resend(hop, { body: words.value }, said, resent);
    else words.focus();
  });
  return form;
}

async function resend({ id }, body, said, resent) {
  said.textContent = 'Sending…';
  try {
    const { id: again } = await ask(`hops/${encodeURIComponent(id)}/resend`, body);
    said.textContent = 'Sent again: it has a row of its own.';
    resent(again);
  } catch (error) {
    said.textContent = error.message;
  }
}

async function copy(text, said) {
  try {
    await navigator.clipboard.writeText(text);
    said.textContent = 'Copied.';
  } catch (error) {
    said.textContent = `Not copied: ${error.message}`;
  }
}

function button(label, act) {
  const made = make('button', { type: 'button', class: 'quiet' }, label);
  made.addEventListener('click', act);
  return made;
}
