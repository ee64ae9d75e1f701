/** Anyone can send a thousand bad requests; one line for each would hide the other lines. */
const INTERVAL_MS = 60_000;
/** More than the kinds of lines and the businesses of a deployment; of more, the one whose line is the oldest is forgotten. */
const MAX_KINDS = 20_000;

/**
 * Returns a function that limits log lines to one per minute and kind. It returns how many such events there were since
 * the last line, this one included; undefined when no line is to be written now.
 */
export function oncePerMinute(now: () => number): (kind: string) => number | undefined {
  /** In the order of their last lines. */
  const lines = new Map<string, { at: number; events: number }>();
  return (kind) => {
    const line = lines.get(kind) ?? { at: -Infinity, events: 0 };
    line.events += 1;
    const time = now();
    // A clock that was set back must not suppress a kind until it catches up.
    if (time - line.at < INTERVAL_MS && time >= line.at) return undefined;
    const count = line.events;
    lines.delete(kind);
    lines.set(kind, { at: time, events: 0 });
    const [oldest] = lines.size > MAX_KINDS ? lines.keys() : [];
    if (oldest !== undefined) lines.delete(oldest);
    return count;
  };
}
