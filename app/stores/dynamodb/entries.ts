/** What a turn remembers of a message: where it lies, and how often it had been sent back from the dead letters. */
export interface Entry {
  readonly lane: string;
  readonly id: string;
  readonly again: number;
}

/**
 * As short as can be: a turn has up to 50, and every write of a conversation is paid by its size. `home` is the lane in
 * which most of its messages lie.
 */
export function entryText({ lane, id, again }: Entry, home = ''): string {
  return lane === home ? `${id}.${again}` : `${id}.${again}.${lane}`;
}

export function readEntry(text: string, home = ''): Entry {
  const [id = '', again = '', lane = home] = text.split('.');
  return { lane, id, again: Number(again) };
}

/** Whether both mean one message, sent back as often. */
export function isSame(a: Entry, b: Entry): boolean {
  return a.id === b.id && a.lane === b.lane && a.again === b.again;
}
