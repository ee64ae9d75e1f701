const LONG_MS = 500;
/** A finger that moves further scrolls; pixels. */
const STILL = 10;

/** Calls `act` with the element on which a finger rests. Browsers on iPhones have no event for it. */
export function onLongPress(container, selector, act) {
  let timer;
  let from;
  const end = () => clearTimeout(timer);

  container.addEventListener('pointerdown', (event) => {
    end();
    const element = event.target.closest(selector);
    if (event.pointerType !== 'touch' || !element || event.target.closest('a, button, summary, audio, video'))
      return;
    from = event;
    timer = setTimeout(() => act(element), LONG_MS);
  });
  container.addEventListener('pointermove', ({ clientX, clientY }) => {
    if (from && Math.hypot(clientX - from.clientX, clientY - from.clientY) > STILL) end();
  });
  for (const name of ['pointerup', 'pointercancel', 'contextmenu']) container.addEventListener(name, end);
}
