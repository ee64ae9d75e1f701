import type { Line } from '../markup.ts';
import { BORDER, type Piece } from './tokens.ts';
import { closing, joining, opening } from './write.ts';

/** Where the parts begin and end: indexes into the pieces, `to` not included. */
export interface Cut {
  readonly from: number;
  readonly to: number;
}

/**
 * As few parts as the places to end one allow, so that no two neighbours could have been one; and among all ways to
 * have so few, each part in turn ends at the best border that it can reach, the last one where several are equal.
 *
 * This works in one pass in each direction because a part that gets a piece more at either end never gets shorter.
 */
export function breaksOf(pieces: readonly Piece[], maxPartLength: number): Cut[] {
  const ruler = new Ruler(pieces, maxPartLength);
  // From the back: the earliest place from which one part, two parts, three parts reach the end.
  const earliest = [ruler.places.length - 1];
  for (let place = ruler.places.length - 1; place > 0; ) {
    place = ruler.earliestStart(place);
    earliest.push(place);
  }
  const cuts: Cut[] = [];
  let start = 0;
  for (let left = earliest.length - 2; left >= 0; left--) {
    const end = ruler.bestPlace(Math.max(start + 1, earliest[left] ?? 0), ruler.latestEnd(start));
    cuts.push({ from: ruler.places[start] ?? 0, to: ruler.places[end] ?? 0 });
    start = end;
  }
  return cuts;
}

const SENTENCES = new Intl.Segmenter('und', { granularity: 'sentence' });

/** Measures what lies between two places, in UTF-16 units as they will be sent, without writing it. */
class Ruler {
  /** Where a part may begin or end; the first is 0, the last is behind all pieces. */
  readonly places: readonly number[];
  readonly #pieces: readonly Piece[];
  readonly #maxPartLength: number;
  /** Units up to the end of each piece when all are one message, its markers not closed. */
  readonly #written: readonly number[];
  readonly #sentences = new Map<Line, ReadonlySet<number>>();

  constructor(pieces: readonly Piece[], maxPartLength: number) {
    this.#pieces = pieces;
    this.#maxPartLength = maxPartLength;
    const places = [0];
    const written: number[] = [];
    let units = 0;
    let previous: Piece | undefined;
    for (const [index, piece] of pieces.entries()) {
      units += (previous ? joining(previous, piece) : opening(piece)).length;
      written.push(units);
      if (piece.border !== BORDER.none) places.push(index + 1);
      previous = piece;
    }
    this.places = places;
    this.#written = written;
  }

  /** The earliest place from which a part reaches `end`. */
  earliestStart(end: number): number {
    let [far, near] = [0, end - 1];
    while (far < near) {
      const middle = Math.floor((far + near) / 2);
      if (this.#fits(middle, end)) near = middle;
      else far = middle + 1;
    }
    return near;
  }

  /** The latest place that a part from `start` reaches. */
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
    for (let place = to - 1; place >= from && this.#border(best) < BORDER.block; place--) {
      if (this.#border(place) > this.#border(best)) best = place;
    }
    return best;
  }

  #fits(start: number, end: number): boolean {
    const from = this.places[start] ?? 0;
    const last = (this.places[end] ?? 0) - 1;
    const first = this.#pieces[from];
    const final = this.#pieces[last];
    if (!first || !final) return true;
    const between = (this.#written[last] ?? 0) - (this.#written[from] ?? 0);
    return opening(first).length + between + closing(final).length <= this.#maxPartLength;
  }

  #border(place: number): number {
    const piece = this.#pieces[(this.places[place] ?? 0) - 1];
    if (!piece) return BORDER.block;
    const { border } = piece;
    if (border !== BORDER.space && border !== BORDER.syllable) return border;
    return this.#sentenceEnds(piece.line).has(piece.end) ? BORDER.sentence : border;
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
