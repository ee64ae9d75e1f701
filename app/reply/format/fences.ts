export interface Closing {
  /** Where the closing line begins, and where it ends, without its line feed. */
  readonly start: number;
  readonly end: number;
}

/** Returns the line that closes the fence opened in the line at `at`; undefined if none does. */
export function closingOf(text: string, at: number, fence: string): Closing | undefined {
  let start = text.indexOf('\n', at) + 1;
  while (start > 0) {
    const feed = text.indexOf('\n', start);
    const end = feed < 0 ? text.length : feed;
    if (closes(text.slice(start, end), fence)) return { start, end };
    start = feed + 1;
  }
  return undefined;
}

function closes(line: string, fence: string): boolean {
  if (line.length < fence.length) return false;
  const marks = line.replace(/^[ \t>]+/, '').trimEnd();
  return marks.length >= fence.length && /^(?:`+|~+)$/.test(marks) && marks.startsWith(fence.charAt(0));
}
