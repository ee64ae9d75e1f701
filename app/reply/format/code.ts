import type { Emphasis, Line } from '../markup.ts';
import type { Place } from './lines.ts';
import { withLookalikes } from './lookalikes.ts';

/**
 * Returns a code block between three backticks. A quote consists of single lines, so in it each line is code of its own.
 * Three backticks in the code, or one at the end of a line, would end it: they are replaced by lookalikes.
 */
export function codeLines(code: string, place: Place): Line[] {
  const fence: Emphasis = { marker: '```' };
  const lines: Line[] = [];
  let gap = 1;
  for (const raw of code.split('\n')) {
    const text = raw.trimEnd().replace(place.quoted ? /`+/g : /^\s*`+|`+$|`{3,}/g, withLookalikes);
    if (text === '') {
      if (lines.length > 0 && !place.quoted) gap += 1;
      continue;
    }
    const within = [place.quoted ? ({ marker: '`' } as const) : fence];
    lines.push({ gap, quoted: place.quoted, prefix: '', spans: [{ text, within, address: false }] });
    gap = 1;
  }
  return lines;
}
