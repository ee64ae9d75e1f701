import type { Line } from '../markup.ts';
import { BREAK, type Token } from './tokens.ts';
import { closing, joining, opening } from './write.ts';

/** The tokens of one part: indexes from `from` up to, not including, `to`. */
export interface PartRange {
  readonly from: number;
  readonly to: number;
}

/**
 * Returns the fewest parts that the possible breaks allow, so that no two neighbours could be merged. Among all such
 * divisions, each part in turn ends at the best break that it can reach, the last one of equals.
 *
 * One pass in each direction is enough, since a part never gets shorter when a token is added at either end.
 */
export function breaksOf(tokens: readonly Token[], maxPartLength: number): PartRange[] {
  const ruler = new Ruler(tokens, maxPartLength);
  // From the end: the earliest start from which one part, two parts, three parts reach it.
  const earliest = [ruler.places.length - 1];
  for (let place = ruler.places.length - 1; place > 0; ) {
    place = ruler.earliestStart(place);
    earliest.push(place);
  }
  const ranges: PartRange[] = [];
  let start = 0;
  for (let left = earliest.length - 2; left >= 0; left--) {
    const end = ruler.bestPlace(Math.max(start + 1, earliest[left] ?? 0), ruler.latestEnd(start));
    ranges.push({ from: ruler.places[start] ?? 0, to: ruler.places[end] ?? 0 });
    start = end;
  }
  return ranges;
}

const SENTENCES = new Intl.Segmenter('und', { granularity: 'sentence' });

/** Measures the text between two places in UTF-16 units as sent, without writing it. */
class Ruler {
  /** Where a part may begin or end; the first is 0, the last is after all tokens. */
  readonly places: readonly number[];
  readonly #tokens: readonly Token[];
  readonly #maxPartLength: number;
  /** Units up to the end of each token if all were one message, with its markers left open. */
  readonly #written: readonly number[];
  readonly #sentences = new Map<Line, ReadonlySet<number>>();

  constructor(tokens: readonly Token[], maxPartLength: number) {
    this.#tokens = tokens;
    this.#maxPartLength = maxPartLength;
    const places = [0];
    const written: number[] = [];
    let units = 0;
    let previous: Token | undefined;
    for (const [index, token] of tokens.entries()) {
      units += (previous ? joining(previous, token) : opening(token)).length;
      written.push(units);
      if (token.breakAfter !== BREAK.none) places.push(index + 1);
      previous = token;
    }
    this.places = places;
    this.#written = written;
  }

  /** Returns the earliest place from which a part reaches `end`. */
  earliestStart(end: number): number {
    let [far, near] = [0, end - 1];
    while (far < near) {
      const middle = Math.floor((far + near) / 2);
      if (this.#fits(middle, end)) near = middle;
      else far = middle + 1;
    }
    return near;
  }

  /** Returns the latest place that a part from `start` reaches. */
  latestEnd(start: number): number {
    let [near, far] = [start + 1, this.places.length - 1];
    while (near < far) {
      const middle = Math.ceil((near + far) / 2);
      if (this.#fits(start, middle)) near = middle;
      else far = middle - 1;
    }
    return near;
  }

  bestPlace(from: number, to: number): number {
    let best = to;
    for (let place = to - 1; place >= from && this.#breakAfter(best) < BREAK.block; place--) {
      if (this.#breakAfter(place) > this.#breakAfter(best)) best = place;
    }
    return best;
  }

  #fits(start: number, end: number): boolean {
    const from = this.places[start] ?? 0;
    const last = (this.places[end] ?? 0) - 1;
    const first = this.#tokens[from];
    const final = this.#tokens[last];
    if (!first || !final) return true;
    const between = (this.#written[last] ?? 0) - (this.#written[from] ?? 0);
    return opening(first).length + between + closing(final).length <= this.#maxPartLength;
  }

  #breakAfter(place: number): number {
    const token = this.#tokens[(this.places[place] ?? 0) - 1];
    if (!token) return BREAK.block;
    const { breakAfter } = token;
    if (breakAfter !== BREAK.space && breakAfter !== BREAK.syllable) return breakAfter;
    return this.#sentenceEnds(token.line).has(token.end) ? BREAK.sentence : breakAfter;
  }

  #sentenceEnds(line: Line): ReadonlySet<number> {
    const known = this.#sentences.get(line);
    if (known) return known;
    const text = line.spans.map((span) => span.text).join('');
    const ends = new Set(Array.from(SENTENCES.segment(text), ({ index, segment }) => index + segment.length));
    this.#sentences.set(line, ends);
    return ends;
  }
}
