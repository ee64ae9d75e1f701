import { remember, remembered } from './remember.js';
import { createRoving } from './roving.js';

const $ = (id) => document.getElementById(id);
/** A column beside the chat; on narrower screens it lies over it. */
const isWide = matchMedia('(min-width: 1200px)');
const OPEN = 'what-happened';
const TAB = 'what-happened-tab';

/**
 * The panel "What happened" and its tabs. As a column it is open until it is closed, which is remembered; as a drawer it is
 * closed until it is opened, and takes the focus. `shown(tab)` is called with the name of the tab that is seen, and with
 * undefined when none is.
 */
export function createPanel({ shown }) {
  const panel = $('happened');
  const opener = $('open-happened');
  const tabs = [...panel.querySelectorAll('[role=tab]')];
  const roving = createRoving(panel.querySelector('[role=tablist]'), '[role=tab]', { wraps: true });
  let returnTo = opener;

  const isOpen = () => document.body.dataset.panel === 'open';
  const nameOf = (tab) => tab.id.replace('tab-', '');
  const chosen = () => nameOf(tabs.find((tab) => tab.ariaSelected === 'true'));

  function set(open) {
    document.body.dataset.panel = open ? 'open' : 'closed';
    opener.setAttribute('aria-expanded', String(open));
    const covers = open && !isWide.matches;
    $('backdrop').hidden = !covers;
    for (const id of ['side', 'main']) $(id).toggleAttribute('inert', covers);
    shown(open ? chosen() : undefined);
  }

  function open(from) {
    returnTo = from;
    set(true);
    if (isWide.matches) remember(OPEN, 'yes');
    else $('happened-title').focus();
  }

  function close() {
    const hadFocus = panel.contains(document.activeElement);
    set(false);
    if (isWide.matches) remember(OPEN, 'no');
    if (hadFocus || document.activeElement === document.body)
      (returnTo.isConnected ? returnTo : opener).focus({ preventScroll: true });
  }

  function choose(name) {
    for (const tab of tabs) {
      const on = nameOf(tab) === name;
      tab.setAttribute('aria-selected', String(on));
      $(tab.getAttribute('aria-controls')).hidden = !on;
      if (on) roving.stopAt(tab);
    }
    remember(TAB, name);
    if (isOpen()) shown(name);
  }

  opener.addEventListener('click', () => (isOpen() ? close() : open(opener)));
  $('close-happened').addEventListener('click', close);
  $('backdrop').addEventListener('click', close);
  document.addEventListener('keydown', ({ key, defaultPrevented }) => {
    if (key === 'Escape' && !defaultPrevented && isOpen() && !isWide.matches) close();
  });
  // The focus chooses: each tab is drawn at once (WAI-ARIA Authoring Practices, "Tabs Pattern").
  for (const tab of tabs)
    for (const event of ['click', 'focus']) tab.addEventListener(event, () => choose(nameOf(tab)));
  isWide.addEventListener('change', () => set(isWide.matches && remembered(OPEN) !== 'no'));

  // They scroll, so they must be reachable with the keyboard.
  for (const tab of tabs) $(tab.getAttribute('aria-controls')).tabIndex = 0;

  const last = remembered(TAB);
  choose(tabs.some((tab) => nameOf(tab) === last) ? last : nameOf(tabs[0]));
  set(isWide.matches && remembered(OPEN) !== 'no');
  return {
    /** Shows a tab. `from` gets the focus when a drawer is closed. */
    open(name, from = opener) {
      choose(name);
      if (!isOpen()) open(from);
    },
  };
}
