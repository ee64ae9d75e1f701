/** So near to the end counts as the end; pixels. */
const NEAR = 80;

/**
 * Keeps the end of the conversation in view while the reader is there, whatever grows: the conversation, an image in it, the
 * composer below. Otherwise it stays where it is, and the button counts what has arrived.
 */
export function createFollower(log, messages, button) {
  let follows = true;
  let missed = 0;
  let lastTop = 0;

  function toEnd() {
    follows = true;
    missed = 0;
    log.scrollTop = log.scrollHeight;
    showButton();
  }

  function showButton() {
    button.hidden = follows;
    if (!follows)
      button.textContent =
        missed === 0 ? 'To the end' : `${missed} new ${missed === 1 ? 'message' : 'messages'}`;
  }

  log.addEventListener('scroll', () => {
    const { scrollTop, scrollHeight, clientHeight } = log;
    const isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR;
    // What grows between a scroll and its event makes the end seem far: only upwards leaves it.
    follows = scrollTop < lastTop ? isAtEnd : follows || isAtEnd;
    lastTop = scrollTop;
    if (follows) missed = 0;
    showButton();
  });
  const sizes = new ResizeObserver(() => {
    if (follows) toEnd();
  });
  sizes.observe(log);
  sizes.observe(messages);
  button.addEventListener('click', () => {
    const hadFocus = document.activeElement === button;
    toEnd();
    if (hadFocus) messages.querySelector('[tabindex="0"]')?.focus();
  });

  return {
    toEnd,
    /** A message has arrived. */
    arrived() {
      if (follows) return;
      missed += 1;
      showButton();
    },
  };
}
