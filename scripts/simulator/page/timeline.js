import { clockTime } from './bubble.js';
import { summaryOf } from './contents.js';
import { duration } from './duration.js';
import { make } from './elements.js';
import { createGroups } from './groups.js';
import { createRoving } from './roving.js';
import { createRows } from './rows.js';

const NOTHING = 'Nothing has happened yet. Write a message, and its steps appear here.';

/**
 * The steps and HTTP exchanges of a chat, in groups, the newest first. Only groups that are open have rows, and an event
 * changes its own group only. `bubble(id)` returns a message of the chat.
 */
export function createTimeline(list, { bubble }) {
  const groups = createGroups((id) => {
    const found = bubble(id);
    return found?.by === 'person' ? found.at : undefined;
  });
  const views = new Map();
  const dirty = new Set();
  /** Groups that the reader has opened or closed; the newest is open otherwise. */
  const wanted = new Map();
  const roving = createRoving(list, '[data-row]', { keys: ['ArrowDown', 'ArrowUp'] });
  let selected;
  /** The id of an exchange whose row is opened when it comes. */
  let awaited;
  let isDue = false;

  function put(entry) {
    const { changed, gone } = groups.put(entry);
    for (const root of gone) {
      if (wanted.has(root)) for (const kept of changed) wanted.set(kept, wanted.get(root));
      if (selected === root) [selected] = changed;
      views.get(root)?.element.remove();
      views.delete(root);
    }
    for (const root of changed) dirty.add(root);
    schedule();
  }

  /** At most once a frame. */
  function schedule() {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      draw();
    });
  }

  function draw() {
    const roots = groups.roots();
    list.querySelector('.nothing')?.remove();
    if (roots.length === 0) list.append(make('p', { class: 'nothing hint' }, NOTHING));
    const focused = list.contains(document.activeElement) ? document.activeElement : undefined;
    let place = list.firstElementChild;
    for (const [index, root] of roots.entries()) {
      const isNew = !views.has(root);
      const view = viewOf(root);
      const open = wanted.get(root) ?? (index === 0 || isRead(view));
      if (isNew || dirty.has(root) || open !== view.open) update(view, open);
      view.element.classList.toggle('selected', root === selected);
      if (view.element === place) place = place.nextElementSibling;
      else list.insertBefore(view.element, place);
    }
    dirty.clear();
    if (focused?.isConnected && focused !== document.activeElement) focused.focus({ preventScroll: true });
    if (!roving.stop()?.isConnected && roots.length > 0) roving.stopAt(views.get(roots[0]).head);
  }

  /** A newer group must not close the one that is being read. */
  function isRead({ element, open, rows }) {
    return open && (rows.hasDetail() || element.contains(document.activeElement));
  }

  function viewOf(root) {
    const known = views.get(root);
    if (known) return known;
    const parts = {
      title: make('span', { class: 'title', dir: 'auto' }),
      state: make('span', { class: 'state' }),
      time: make('time'),
    };
    const id = `group-${nextGroup++}`;
    const head = make(
      'button',
      { type: 'button', tabindex: '-1', 'data-row': '', 'aria-controls': id },
      ...Object.values(parts).flatMap((part) => [part, ' ']),
    );
    const steps = make('ol', { id, class: 'rows', 'aria-label': 'Steps' });
    const element = make('section', { class: 'group' }, make('h3', {}, head), steps);
    const view = { root, ...parts, head, element, open: false, rows: createRows(steps, { resent: reveal }) };
    head.addEventListener('click', () => {
      wanted.set(root, !view.open);
      update(view, !view.open);
    });
    views.set(root, view);
    return view;
  }

  function update(view, open) {
    const group = groups.group(view.root);
    const { messages, from, span, state, endedAt } = group;
    view.title.textContent = titleOf(messages.map(bubble));
    view.state.textContent = endedAt === undefined ? state : `${state} in ${duration(endedAt - from)}`;
    view.state.dataset.state = state;
    view.time.textContent = clockTime(from);
    view.open = open;
    view.head.setAttribute('aria-expanded', String(open));
    if (open) view.rows.draw(group.rows, from, span);
    else view.rows.clear();
    if (awaited !== undefined && group.rows.some(({ id }) => id === awaited)) reveal(awaited);
  }

  /** Opens the row of an exchange, also of one that comes later. */
  function reveal(id) {
    awaited = id;
    for (const { rows } of views.values()) if (rows.reveal(id)) awaited = undefined;
  }

  return {
    put,
    /** Shows the timeline of another chat. */
    show(entries) {
      groups.clear();
      for (const map of [views, wanted, dirty]) map.clear();
      selected = undefined;
      list.replaceChildren();
      for (const entry of entries) put(entry);
      schedule();
    },
    /** Opens the group of a message and goes to it. Returns false when nothing is known of the message. */
    select(id) {
      const root = groups.rootOf(id);
      if (root === undefined) return false;
      for (const other of views.keys()) wanted.set(other, other === root);
      wanted.set(root, true);
      selected = root;
      draw();
      const { head, element } = views.get(root);
      element.scrollIntoView({ block: 'start' });
      head.focus({ preventScroll: true });
      return true;
    },
  };
}
let nextGroup = 1;

function titleOf([first, ...others]) {
  if (first === undefined) return 'Without a message';
  return others.length === 0 ? summaryOf(first) : `${summaryOf(first)} + ${others.length} more`;
}
