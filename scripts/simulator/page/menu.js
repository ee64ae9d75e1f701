/** The menu that is open; at most one is. */
let current;

/**
 * Opens a menu whose entries are `role="menuitem"`. `close` hides it. The focus goes to its first entry, and back to
 * `returnTo` after Escape and Tab. Any click outside closes it.
 */
export function openMenu(menu, { returnTo, close }) {
  closeMenu();
  current = { menu, returnTo, close };
  menu.querySelector('[role=menuitem]:not(:disabled)').focus({ preventScroll: true });
}

/** Closes the open menu. Does nothing when none is. */
export function closeMenu() {
  const { close } = current ?? {};
  current = undefined;
  close?.();
}

document.addEventListener('keydown', (event) => {
  if (!current || !['Escape', 'Tab'].includes(event.key)) return;
  const { returnTo } = current;
  // Tab goes on from there.
  if (event.key === 'Escape') event.preventDefault();
  closeMenu();
  returnTo.focus({ preventScroll: true });
});
document.addEventListener('pointerdown', ({ target }) => {
  // The button of an open menu closes it by itself.
  const isButton = target.closest('[aria-haspopup=menu][aria-expanded=true]');
  if (current && !isButton && !current.menu.contains(target)) closeMenu();
});
