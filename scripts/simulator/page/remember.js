/** Browsers refuse the storage in some private windows, and a page of tests may have none. Then nothing is remembered. */

/** Returns what was remembered; undefined when nothing was, or it cannot be read. */
export function remembered(name) {
  try {
    return localStorage.getItem(name) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Remembers a word over reloads, where that is possible. */
export function remember(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // The page works without.
  }
}
