import { duration } from './duration.js';
import { make, makeSvg } from './elements.js';
import { startOf } from './groups.js';
import { drawHop } from './hop.js';
import { endingOf, iconOf, isBad, pathOf, wordsOf } from './steps.js';

/** The rows of one group. Elements stay the same from one drawing to the next. `resent` is called as in `drawHop`. */
export function createRows(list, { resent }) {
  const rows = new Map();

  function rowOf(entry) {
    const known = rows.get(entry.id);
    if (known) return known;
    const isHop = entry.type === 'hop';
    const line = isHop
      ? make('button', { type: 'button', tabindex: '-1', 'data-row': '', 'aria-expanded': 'false' })
      : make('div');
    line.classList.add('line');
    const row = { line, item: make('li', { class: entry.type }, line) };
    if (isHop) line.addEventListener('click', () => open(row, !row.detail));
    rows.set(entry.id, row);
    return row;
  }

  function open(row, on) {
    row.detail?.remove();
    row.detail = on ? drawHop(row.entry.id, { resent }) : undefined;
    if (row.detail) row.item.append(row.detail);
    row.line.setAttribute('aria-expanded', String(on));
  }

  return {
    /** `from`: when the group began, milliseconds since 1970; `span`: how long it took. */
    draw(entries, from, span) {
      list.style.setProperty('--span', span);
      let place = list.firstElementChild;
      for (const entry of entries) {
        const row = rowOf(entry);
        if (row.entry !== entry || row.from !== from) fill(row, entry, from);
        if (row.item === place) place = place.nextElementSibling;
        else list.insertBefore(row.item, place);
      }
    },
    clear() {
      rows.clear();
      list.replaceChildren();
    },
    /** Returns true while a row is open. */
    hasDetail: () => [...rows.values()].some(({ detail }) => detail !== undefined),
    /** Opens the row of an exchange. Returns false when it is not drawn. */
    reveal(id) {
      const row = rows.get(id);
      if (!row) return false;
      if (!row.detail) open(row, true);
      row.item.scrollIntoView({ block: 'nearest' });
      return true;
    },
  };
}

function fill(row, entry, from) {
  const { type, ms } = entry;
  const start = startOf(entry);
  const bar = make('i');
  bar.style.setProperty('--at', start - from);
  bar.style.setProperty('--ms', ms ?? 0);
  row.line.replaceChildren(
    make('span', { class: 'offset' }, `+${duration(Math.max(0, entry.at - from))}`),
    ' ',
    makeSvg('svg', { 'aria-hidden': 'true' }, makeSvg('use', { href: `/icons.svg#${iconOf(entry)}` })),
    make(
      'span',
      { class: 'words' },
      wordsOf(entry),
      ...(type === 'hop' ? [' ', make('code', {}, `${entry.method} ${pathOf(entry.url)}`)] : []),
    ),
    ...(type === 'hop' ? [' ', drawEnding(entry)] : []),
    ...(ms === undefined ? [] : [' ', make('span', { class: 'ms' }, duration(ms))]),
    make('span', { class: 'track', 'aria-hidden': 'true' }, bar),
  );
  row.item.classList.toggle('bad', isBad(entry));
  row.entry = entry;
  row.from = from;
}

/** The status: colour, icon and text. */
function drawEnding(hop) {
  const look = isBad(hop) ? 'failed' : hop.status === undefined ? 'open' : 'passed';
  const icon = makeSvg('svg', { 'aria-hidden': 'true' }, makeSvg('use', { href: `/icons.svg#${look}` }));
  return make('span', { class: `ending ${look}` }, icon, endingOf(hop));
}
