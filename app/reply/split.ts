import { withBalancedIsolates } from './isolates.ts';
import type { Reply } from './markup.ts';
import { cutsOf } from './split/cuts.ts';
import { piecesOf } from './split/pieces.ts';
import { shorten } from './split/shorten.ts';
import { write } from './split/write.ts';
import { resultOf } from './steps.ts';

/** Below this a list marker and one emphasised emoji do not fit. */
export const SHORTEST_PART = 20;

/**
 * The reply as messages of at most `longestPart` UTF-16 units, markers and quote signs counted: as few as possible, so
 * that no two neighbours could have been one. Each ends between blocks where it can, else between lines, sentences,
 * words; inside a word only where the word is longer than a part, and never inside a grapheme (unless that alone is
 * longer than a part). Markers are closed where a part ends and opened again in the next one; no part is empty; a
 * reply without words has none. Throws `RangeError` below `SHORTEST_PART`.
 */
export function split(reply: Reply, longestPart: number): string[] {
  return resultOf(splitting(reply, longestPart));
}

/** Splits step by step, so that others may have their turn between two of them: yields how much a step was about. */
export function* splitting(reply: Reply, longestPart: number): Generator<number, string[]> {
  if (!(longestPart >= SHORTEST_PART)) {
    throw new RangeError(`Expected longestPart to be at least ${SHORTEST_PART}, got ${longestPart}`);
  }
  const pieces = yield* piecesOf(reply);
  const whole = write(pieces);
  if (whole === '') return [];
  if (whole.length <= longestPart) return sent([whole]);
  yield whole.length;
  const short = yield* shorten(pieces, longestPart);
  yield short.length;
  const cuts = cutsOf(short, longestPart);
  yield whole.length;
  return sent(cuts.map(({ from, to }) => write(short.slice(from, to))));
}

/** A cut or the end of a line may part two isolates. */
const sent = (parts: readonly string[]): string[] =>
  parts.map(withBalancedIsolates).filter((part) => part !== '');
