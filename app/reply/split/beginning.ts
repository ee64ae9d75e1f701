import type { Line, Reply } from '../markup.ts';

/** The first `units` of the words, a line's end counted as one, so that no work is done for what is never sent. Blocks without words are left out. */
export function beginningOf(reply: Reply, units: number): Reply {
  let left = units;
  const cut = (line: Line): Line[] => {
    if (left <= 0) return [];
    left -= line.lead.length + 1;
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
