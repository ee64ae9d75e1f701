/** A turn's reference to a message: its key, and how often it was redriven from the dead letters. */
export interface MessageRef {
  readonly partition: string;
  readonly id: string;
  readonly redrives: number;
}

/**
 * Kept short: a turn has up to 50, and the cost of every write of a conversation grows with its size. `home` is the
 * partition of most of its messages.
 */
export function refText({ partition, id, redrives }: MessageRef, home = ''): string {
  return partition === home ? `${id}.${redrives}` : `${id}.${redrives}.${partition}`;
}

export function readRef(text: string, home = ''): MessageRef {
  const [id = '', redrives = '', ...rest] = text.split('.');
  return { partition: rest.length === 0 ? home : rest.join('.'), id, redrives: Number(redrives) };
}

/** Returns whether both refer to the same message, redriven equally often. */
export function isSameRef(a: MessageRef, b: MessageRef): boolean {
  return a.id === b.id && a.partition === b.partition && a.redrives === b.redrives;
}
