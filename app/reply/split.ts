import { withBalancedIsolates } from './isolates.ts';
import type { Reply } from './markup.ts';
import { breaksOf } from './split/breaks.ts';
import { shorten } from './split/shorten.ts';
import { tokensOf } from './split/tokens.ts';
import { write } from './split/write.ts';
import { resultOf } from './steps.ts';

/** Below this a list marker and one emphasised emoji do not fit. */
export const MIN_PART_LENGTH = 20;

/**
 * The reply as messages of at most `maxPartLength` UTF-16 units, markers and quote signs counted: as few as possible, so
 * that no two neighbours could have been one. Each ends between blocks where it can, else between lines, sentences,
 * words; inside a word only where the word is longer than a part, and never inside a grapheme (unless that alone is
 * longer than a part). Markers are closed where a part ends and opened again in the next one; no part is empty; a
 * reply without words has none. Throws `RangeError` below `MIN_PART_LENGTH`.
 */
export function split(reply: Reply, maxPartLength: number): string[] {
  return resultOf(splitting(reply, maxPartLength));
}

/** Splits step by step, so that others may have their turn between two of them: yields how much a step was about. */
export function* splitting(reply: Reply, maxPartLength: number): Generator<number, string[]> {
  if (!(maxPartLength >= MIN_PART_LENGTH)) {
    throw new RangeError(`Expected maxPartLength to be at least ${MIN_PART_LENGTH}, got ${maxPartLength}`);
  }
  const pieces = yield* tokensOf(reply);
  const whole = write(pieces);
  if (whole === '') return [];
  if (whole.length <= maxPartLength) return sent([whole]);
  yield whole.length;
  const short = yield* shorten(pieces, maxPartLength);
  yield short.length;
  const cuts = breaksOf(short, maxPartLength);
  yield whole.length;
  return sent(cuts.map(({ from, to }) => write(short.slice(from, to))));
}

/** A cut or the end of a line may part two isolates. */
const sent = (parts: readonly string[]): string[] =>
  parts.map(withBalancedIsolates).filter((part) => part !== '');
