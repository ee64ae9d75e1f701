const ISOLATES = /[\u2066-\u2069]/g;

/**
 * Removes directional isolates (UAX #9, 2.3) from lines in which they are not balanced: an unpaired one changes the direction
 * of everything after it.
 */
export function withBalancedIsolates(text: string): string {
  if (text.search(ISOLATES) < 0) return text;
  return text
    .split('\n')
    .map((line) => (isBalanced(line) ? line : line.replace(ISOLATES, '')))
    .join('\n');
}

function isBalanced(line: string): boolean {
  let open = 0;
  for (const [character] of line.matchAll(ISOLATES)) {
    open += character === '\u2069' ? -1 : 1;
    if (open < 0) return false;
  }
  return open === 0;
}
