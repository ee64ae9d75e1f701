/** No language has longer words, and emphasis in them is not intended. */
const MAX_WORD_LENGTH = 4_000;
/** Characters parsed in one step, which blocks the event loop. More than a usual paragraph has. */
const MAX_RUN = 4_000;

/**
 * Returns the text of a block in runs that are parsed one by one, divided at the ends of lines, else of sentences, else of
 * words; undefined if it has a word that is too long to be parsed.
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

function lengthOfRun(text: string): number {
  const line = text.lastIndexOf('\n');
  if (line > 0) return line + 1;
  const sentence = [...text.matchAll(/[.!?؟。۔]["'»”)*]*\s/g)].at(-1);
  if (sentence) return sentence.index + sentence[0].length;
  return text.trimEnd().search(/\s\S*$/) + 1 || text.length;
}
