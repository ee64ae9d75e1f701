import type { Emphasis } from '../markup.ts';
import type { Piece } from './tokens.ts';

/** The pieces as one message: every marker that is opened in it is closed in it. */
export function write(pieces: readonly Piece[]): string {
  const [first] = pieces;
  const last = pieces.at(-1);
  if (!first || !last) return '';
  const written = [opening(first)];
  for (let index = 1; index < pieces.length; index++) {
    const piece = pieces[index];
    const previous = pieces[index - 1];
    if (piece && previous) written.push(joining(previous, piece));
  }
  written.push(closing(last));
  return written.join('');
}

/** The piece, as the first one of a message. */
export function opening(piece: Piece): string {
  return prefix(piece) + piece.lead + openers(piece.within) + (piece.mark || piece.guard) + piece.text;
}

/** The piece, after another one. */
export function joining(previous: Piece, piece: Piece): string {
  const isSameLine = previous.line === piece.line;
  if (isSameLine && previous.within.length + piece.within.length === 0) return previous.space + piece.text;
  const kept = shared(previous.within, piece.within, isSameLine);
  const closed = closers(previous.within.slice(kept)) + previous.space;
  const begun = isSameLine ? '' : prefix(piece) + piece.lead;
  const opened = openers(piece.within.slice(kept)) + (isSameLine ? '' : piece.guard);
  return closed + begun + opened + piece.text;
}

/** What ends a message behind the piece. */
export function closing(piece: Piece): string {
  return closers(piece.within);
}

const prefix = (piece: Piece): string => (piece.line.quoted ? '> ' : '');

const openers = (within: readonly Emphasis[]): string => within.map(({ marker }) => marker).join('');

const closers = (within: readonly Emphasis[]): string =>
  within
    .map(({ marker }) => marker)
    .reverse()
    .join('');

/** How many emphasisRanges go on from one piece to the next. Only code reaches over a line's end. */
function shared(left: readonly Emphasis[], right: readonly Emphasis[], isSameLine: boolean): number {
  let count = 0;
  for (const emphasis of left) {
    if (right[count] !== emphasis || (!isSameLine && emphasis.marker !== '```')) break;
    count += 1;
  }
  return count;
}
