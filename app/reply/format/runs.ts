/** No language has such words, and no emphasis in them is meant. */
const MAX_WORD_LENGTH = 4_000;
/** More than a paragraph or a line of it has: what is read at one time, and holds up everything else meanwhile. */
const MAX_RUN = 4_000;

/**
 * The text of a block in emphasisRanges that are read one by one, cut at the ends of lines, else of sentences, else of words;
 * undefined where it holds a word that none can be read in.
 */
export function runsOf(text: string): string[] | undefined {
  if (text.length <= MAX_RUN) return [text];
  if (text.split(/\s+/).some((word) => word.length > MAX_WORD_LENGTH)) return undefined;
  const runs: string[] = [];
  let from = 0;
  while (text.length - from > MAX_RUN) {
    const to = from + lengthOfRun(text.slice(from, from + MAX_RUN));
    runs.push(text.slice(from, to));
    from = to;
  }
  runs.push(text.slice(from));
  return runs;
}

function lengthOfRun(stretch: string): number {
  const line = stretch.lastIndexOf('\n');
  if (line > 0) return line + 1;
  const sentence = [...stretch.matchAll(/[.!?؟。۔]["'»”)*]*\s/g)].at(-1);
  if (sentence) return sentence.index + sentence[0].length;
  return stretch.trimEnd().search(/\s\S*$/) + 1 || stretch.length;
}
