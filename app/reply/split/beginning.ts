import type { Line, Reply } from '../markup.ts';

/**
 * Returns the first `units` of the text, a line's end counted as one, so that no work is done for text that is never sent.
 * Empty blocks are left out.
 */
export function beginningOf(reply: Reply, units: number): Reply {
  let left = units;
  const cut = (line: Line): Line[] => {
    if (left <= 0) return [];
    left -= line.prefix.length + 1;
    const spans = line.spans.flatMap((span) => {
      const text = span.text.slice(0, Math.max(0, left));
      left -= span.text.length;
      return text === '' ? [] : [{ ...span, text }];
    });
    return [{ ...line, spans }];
  };
  return reply.flatMap((block) => {
    const lines = block.lines.flatMap(cut);
    return lines.length === 0 ? [] : [{ ...block, lines }];
  });
}
