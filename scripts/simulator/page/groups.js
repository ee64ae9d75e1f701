/** The group of what names nothing, while there is no other. */
const OTHERS = 'others';
/** A step that ends a turn, and how. */
const ENDS = { finished: 'done', given_up: 'given up' };

/**
 * Sorts the entries of a chat into groups: what belongs to one turn of the app, or to one message that is in no turn yet.
 * A step that names several of message, reply and turn says that they belong together. An HTTP exchange is in each group
 * of which it carries a message, since one delivery may report on several turns. What names nothing, such as a note or a
 * wake-up, is in the newest group before it.
 * `messageAt(id)` returns when a message was sent (milliseconds since 1970), or undefined when it is unknown.
 */
export function createGroups(messageAt) {
  /** By name of a message, a reply or a turn: the entries that have it. */
  const entries = new Map();
  const parents = new Map();
  /** By root: the names that belong together. */
  const names = new Map();
  const nameless = new Map();

  function rootOf(name) {
    let root = name;
    while (parents.has(root)) root = parents.get(root);
    return root;
  }

  function know(name) {
    if (entries.has(name)) return;
    entries.set(name, new Map());
    names.set(name, new Set([name]));
  }

  /** Returns the root that is no root any more: the smaller one's. Undefined when they belonged together before. */
  function join(...both) {
    const [kept, gone] = both.map(rootOf).sort((a, b) => names.get(b).size - names.get(a).size);
    if (kept === gone) return undefined;
    parents.set(gone, kept);
    for (const name of names.get(gone)) names.get(kept).add(name);
    names.delete(gone);
    return gone;
  }

  /** Takes an entry, or its newer version. Returns the roots whose groups changed, and those that became part of another. */
  function put(entry) {
    const of = namesOf(entry);
    if (of.length === 0) {
      nameless.set(entry.id, entry);
      return { changed: [newestBefore(entry.at).root], gone: [] };
    }
    for (const name of of) {
      know(name);
      entries.get(name).set(entry.id, entry);
    }
    const gone = [];
    if (entry.type === 'step')
      for (const name of of.slice(1)) {
        const lost = join(of[0], name);
        if (lost !== undefined) gone.push(lost);
      }
    return { changed: [...new Set(of.map(rootOf))], gone };
  }

  /** Returns the group: its messages, its entries by time, when it began, how long it took, and how it stands. */
  function group(root) {
    const found = new Map();
    for (const name of names.get(root) ?? [])
      for (const [id, entry] of entries.get(name)) found.set(id, entry);
    for (const [id, entry] of nameless) if (newestBefore(entry.at).root === root) found.set(id, entry);
    const rows = [...found.values()].sort((a, b) => a.at - b.at);
    const messages = [...(names.get(root) ?? [])]
      .filter((name) => name.startsWith('m:'))
      .map((name) => name.slice(2))
      .filter((id) => messageAt(id) !== undefined)
      .sort((a, b) => messageAt(a) - messageAt(b));
    const from = fromOf(root);
    const to = Math.max(from + 1, ...rows.map(endOf));
    return { root, messages, rows, from, span: to - from, ...stateOf(rows) };
  }

  function fromOf(root) {
    let from = Number.POSITIVE_INFINITY;
    if (root === OTHERS) return Math.min(...[...nameless.values()].map(startOf));
    for (const name of names.get(root)) {
      if (name.startsWith('m:')) from = Math.min(from, messageAt(name.slice(2)) ?? from);
      for (const entry of entries.get(name).values()) from = Math.min(from, startOf(entry));
    }
    return from;
  }

  /** Returns the roots, the newest first. */
  function roots() {
    const all = names.size === 0 && nameless.size > 0 ? [OTHERS] : [...names.keys()];
    return all.map((root) => ({ root, from: fromOf(root) })).sort((a, b) => b.from - a.from);
  }

  function newestBefore(at) {
    const all = roots();
    return all.find(({ from }) => from <= at) ?? all.at(-1);
  }

  return {
    put,
    group,
    roots: () => roots().map(({ root }) => root),
    /** Returns the root of the group with this message or reply; undefined when nothing is known of it. */
    rootOf: (id) => (entries.has(`m:${id}`) ? rootOf(`m:${id}`) : undefined),
    clear() {
      for (const map of [entries, parents, names, nameless]) map.clear();
    },
  };
}

/** Messages of both sides have ids of one kind. */
function namesOf({ type, message, bubble, turn, messages = [] }) {
  const ids = type === 'hop' ? messages : [message, bubble].filter((id) => id !== undefined);
  return [...ids.map((id) => `m:${id}`), ...(turn === undefined ? [] : [`t:${turn}`])];
}

/** When it began, milliseconds since 1970. `ms` of a step says how long it took, but of these how long the next one waits. */
const AHEAD = ['woken', 'released'];
export function startOf({ type, name, at, ms = 0 }) {
  return type === 'step' && !AHEAD.includes(name) ? at - ms : at;
}

export function endOf({ type, at, ms = 0 }) {
  return type === 'hop' ? at + ms : at;
}

function stateOf(rows) {
  const last = rows.findLast(({ name }) => name in ENDS || name === 'released');
  const begins = rows.findLastIndex(({ name }) => name === 'claimed');
  if (last === undefined || rows.indexOf(last) < begins)
    return { state: begins < 0 ? 'delivered' : 'in work' };
  return { state: ENDS[last.name] ?? 'tries again', endedAt: last.at };
}
