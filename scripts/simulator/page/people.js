import { addressOf } from './address.js';
import { clockTime } from './bubble.js';
import { summaryOf } from './contents.js';
import { make } from './elements.js';
import { createRoving } from './roving.js';

/** The list of chats. Elements stay the same from one drawing to the next, and so do the focus and the scroll position. */
export function createPeople(list) {
  const rows = new Map();
  const roving = createRoving(list, 'a', { keys: ['ArrowDown', 'ArrowUp'] });

  function rowOf({ id }) {
    const known = rows.get(id);
    if (known) return known;
    const parts = {
      avatar: make('span', { class: 'avatar', 'aria-hidden': 'true' }),
      name: make('span', { class: 'name', dir: 'auto' }),
      last: make('span', { class: 'last', dir: 'auto' }),
      dot: make('span', { class: 'dot', role: 'img', 'aria-label': 'unread', hidden: '' }),
      time: make('time'),
    };
    // The spaces separate the parts of its name.
    const children = Object.values(parts).flatMap((part) => [part, ' ']);
    const link = make('a', { href: addressOf(id), tabindex: '-1', 'data-person': id }, ...children);
    const row = { ...parts, link, item: make('li', {}, link) };
    rows.set(id, row);
    return row;
  }

  function update(row, person, chosen) {
    const { last, id, name } = person;
    setText(row.avatar, [...name][0] ?? '?');
    setText(row.name, name);
    setText(row.last, summary(person));
    setText(row.time, last ? clockTime(last.at) : '');
    row.dot.hidden = !(last?.by === 'business' && last.progress !== 'read' && id !== chosen);
    if (id === chosen) row.link.setAttribute('aria-current', 'page');
    else row.link.removeAttribute('aria-current');
  }

  return {
    /** Draws these people in this order. `chosen`: the id of the person whose chat is open. */
    draw(people, chosen) {
      const focused = list.contains(document.activeElement) ? document.activeElement : undefined;
      const kept = new Set(people.map(({ id }) => id));
      for (const [id, { item }] of rows) {
        if (kept.has(id)) continue;
        item.remove();
        rows.delete(id);
      }
      let place = list.firstChild;
      for (const person of people) {
        const row = rowOf(person);
        update(row, person, chosen);
        if (row.item === place) place = place.nextSibling;
        else list.insertBefore(row.item, place);
      }
      // Moving an element takes the focus from it.
      if (focused?.isConnected) focused.focus({ preventScroll: true });
      else if (!roving.stop()?.isConnected) this.stopAt(chosen ?? people[0]?.id);
    },
    /** Tab comes to this person first. */
    stopAt(id) {
      const row = rows.get(id);
      if (row) roving.stopAt(row.link);
    },
    focus: (id) => rows.get(id)?.link.focus(),
  };
}

/** Writes only what differs. */
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function summary({ phone, username, typing, last }) {
  if (typing) return 'typing…';
  if (!last) return phone ? `+${phone}` : username ? `@${username}` : 'phone number hidden';
  return summaryOf(last);
}
