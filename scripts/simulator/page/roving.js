const STEPS = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

/**
 * Moves the focus among the elements of `container` that match `selector`: arrows, Home and End. One of them is a tab stop,
 * the last one that had the focus (WAI-ARIA Authoring Practices, "Managing Focus Within Components Using a Roving
 * tabindex"). `keys` are the keys that move; `wraps`: from the last to the first.
 */
export function createRoving(container, selector, { keys = Object.keys(STEPS), wraps = false } = {}) {
  let stop;

  function stopAt(item) {
    if (stop !== item) stop?.setAttribute('tabindex', '-1');
    item.setAttribute('tabindex', '0');
    stop = item;
  }

  container.addEventListener('focusin', ({ target }) => {
    const item = target.closest(selector);
    if (item) stopAt(item);
  });
  container.addEventListener('keydown', (event) => {
    const { key, target } = event;
    if (!target.matches(selector) || event.ctrlKey || event.altKey || event.metaKey) return;
    const isEnd = key === 'Home' || key === 'End';
    if (!isEnd && !keys.includes(key)) return;
    const items = [...container.querySelectorAll(selector)].filter((item) => item.checkVisibility());
    const next = isEnd ? (key === 'Home' ? 0 : items.length - 1) : items.indexOf(target) + STEPS[key];
    event.preventDefault();
    (wraps ? items.at(next % items.length) : items[next])?.focus();
  });
  return { stopAt, stop: () => stop };
}
