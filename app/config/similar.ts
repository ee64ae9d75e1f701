/**
 * Returns the name in `known` of which `name` is probably a misspelling: at most two characters inserted, deleted, replaced
 * or transposed, fewer in short names: `PORT` and `SORT` are two words. Otherwise the one that has one word more, behind
 * the first: `BACKEND_URL` for `BACKEND_SERVER_URL`. `bound` replaces the number of characters, where all names are known.
 */
export function similarName(
  name: string,
  known: readonly string[],
  bound = boundOf(name),
): string | undefined {
  const misspelt = known.find(
    (candidate) =>
      Math.abs(candidate.length - name.length) <= bound && editDistance(name, candidate) <= bound,
  );
  return misspelt ?? known.find((candidate) => lacksOneWord(name.split('_'), candidate.split('_')));
}

function boundOf({ length }: string): number {
  return length >= 8 ? 2 : length >= 6 ? 1 : 0;
}

/** Returns whether the words are those of the candidate without one behind its first. */
function lacksOneWord(words: readonly string[], candidate: readonly string[]): boolean {
  if (words.length < 2 || candidate.length !== words.length + 1 || words[0] !== candidate[0]) return false;
  return candidate.some((_, at) => at > 0 && candidate.toSpliced(at, 1).join() === words.join());
}

/** Optimal string alignment: Levenshtein distance in which transposing two neighbours costs one. */
function editDistance(one: string, other: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const same = one[row - 1] === other[column - 1];
      const swapped =
        row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      current[column] = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + (same ? 0 : 1),
        swapped ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    beforeLast = last;
    last = current;
  }
  return at(last, other.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
