/** The same line again and again would say nothing more, and drown the rest: anybody can send a thousand bad requests. */
const EVERY_MS = 60_000;
/** Kinds are from small fixed sets; this is for the day when one is not. */
const MAX_KINDS = 1_000;

/**
 * Makes a function that says whether a line of this kind is to be written now: at most once a minute. Returns how many
 * such events there were since the last line, this one included; undefined when it is not to be written.
 */
export function seldom(now: () => number): (kind: string) => number | undefined {
  const said = new Map<string, { at: number; since: number }>();
  return (kind) => {
    const last = said.get(kind) ?? { at: -Infinity, since: 0 };
    last.since += 1;
    const time = now();
    // A clock that was set back must not silence a kind for as long.
    if (time - last.at < EVERY_MS && time >= last.at) return undefined;
    const count = last.since;
    if (said.size < MAX_KINDS) said.set(kind, { at: time, since: 0 });
    return count;
  };
}
