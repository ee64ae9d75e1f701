import { withBalancedIsolates } from './isolates.ts';
import type { Reply } from './markup.ts';
import { breaksOf } from './split/breaks.ts';
import { shorten } from './split/shorten.ts';
import { tokensOf } from './split/tokens.ts';
import { write } from './split/write.ts';
import { resultOf } from './steps.ts';

/** The space for a list marker and one emphasised emoji. */
export const MIN_PART_LENGTH = 20;

/**
 * Returns the reply as parts of at most `maxPartLength` UTF-16 units, including markers and quote signs: as few as possible,
 * so that no two neighbours could be merged. A part ends between blocks if possible, else between lines, sentences, words;
 * inside a word only if the word is longer than a part, and never inside a grapheme (unless that alone is longer than a
 * part). Markers are closed where a part ends and opened again in the next one. No part is empty; a reply without text has
 * none. Throws `RangeError` below `MIN_PART_LENGTH`.
 */
export function split(reply: Reply, maxPartLength: number): string[] {
  return resultOf(splitting(reply, maxPartLength));
}

/** Splits in steps, so that other work can run between them: yields the size of each step. */
export function* splitting(reply: Reply, maxPartLength: number): Generator<number, string[]> {
  if (!(maxPartLength >= MIN_PART_LENGTH)) {
    throw new RangeError(`Expected maxPartLength to be at least ${MIN_PART_LENGTH}, got ${maxPartLength}`);
  }
  const tokens = yield* tokensOf(reply);
  const whole = write(tokens);
  if (whole === '') return [];
  if (whole.length <= maxPartLength) return sent([whole]);
  yield whole.length;
  const short = yield* shorten(tokens, maxPartLength);
  yield short.length;
  const ranges = breaksOf(short, maxPartLength);
  yield whole.length;
  return sent(ranges.map(({ from, to }) => write(short.slice(from, to))));
}

/** A break may separate a pair of isolates. */
const sent = (parts: readonly string[]): string[] =>
  parts.map(withBalancedIsolates).filter((part) => part !== '');
