const CHAT = /^#\/chat\/([^/]+)$/;

/** Returns the address of the chat of a person. */
export function addressOf(id) {
  return `#/chat/${encodeURIComponent(id)}`;
}

/** Returns the id in the address of this page; undefined when it shows the list. */
export function addressed() {
  try {
    const [, id] = CHAT.exec(location.hash) ?? [];
    return id === undefined ? undefined : decodeURIComponent(id);
  } catch {
    return undefined;
  }
}
