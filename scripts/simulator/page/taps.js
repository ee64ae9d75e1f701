import { drawLink, make } from './elements.js';

/** Draws the buttons under a message of the business. `send` is called with the message of a tap. */
export function drawTaps({ id, content }, send) {
  return make('div', { class: 'taps' }, ...content.taps.map((tap) => drawTap(tap, id, send)));
}

function drawTap(tap, to, send) {
  const { sends, label } = tap;
  if (sends === 'list') return drawRows(tap, to, send);
  if (sends === 'nothing') return tap.url === undefined ? make('span', {}, label) : drawLink(tap.url, label);
  return drawButton([label], () => send(contentOf(tap, to)));
}

function contentOf({ sends, label, id, token }, to) {
  switch (sends) {
    case 'button':
      return { kind: sends, text: label, id, to };
    case 'quick_reply':
      return { kind: sends, text: label, payload: id, to };
    case 'flow':
      return { kind: sends, response: { flow_token: token ?? 'unused' }, to };
    default:
      return { kind: sends, to };
  }
}

function drawRows({ label, rows }, to, send) {
  const drawing = make('details', {}, make('summary', {}, label));
  let last;
  for (const { section, id, title, description } of rows) {
    if (section !== undefined && section !== last) drawing.append(make('h4', { dir: 'auto' }, section));
    last = section;
    const words = [make('span', { dir: 'auto' }, title)];
    if (description !== undefined) words.push(make('small', { dir: 'auto' }, description));
    const content = {
      kind: 'list',
      text: title,
      id,
      to,
      ...(description === undefined ? {} : { description }),
    };
    drawing.append(
      drawButton(words, () => {
        drawing.open = false;
        send(content);
      }),
    );
  }
  return drawing;
}

function drawButton(children, act) {
  const button = make('button', { type: 'button' }, ...children);
  button.addEventListener('click', act);
  return button;
}
