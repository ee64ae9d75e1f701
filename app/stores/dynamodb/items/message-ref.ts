/** What a turn stores of a message: its key, and how often it was sent back from the dead letters. */
export interface MessageRef {
  readonly partition: string;
  readonly id: string;
  readonly redrives: number;
}

/**
 * As short as possible: a turn has up to 50, and every write of a conversation is paid by its size. `home` is the
 * partition in which most of its messages are.
 */
export function refText({ partition, id, redrives }: MessageRef, home = ''): string {
  return partition === home ? `${id}.${redrives}` : `${id}.${redrives}.${partition}`;
}

export function readRef(text: string, home = ''): MessageRef {
  const [id = '', redrives = '', ...rest] = text.split('.');
  return { partition: rest.length === 0 ? home : rest.join('.'), id, redrives: Number(redrives) };
}

/** Returns whether both mean one message, sent back as often. */
export function isSameRef(a: MessageRef, b: MessageRef): boolean {
  return a.id === b.id && a.partition === b.partition && a.redrives === b.redrives;
}
