import type { Emphasis } from '../markup.ts';
import type { Token } from './tokens.ts';

/** Returns the tokens as one message in which every opened marker is closed. */
export function write(tokens: readonly Token[]): string {
  const [first] = tokens;
  const last = tokens.at(-1);
  if (!first || !last) return '';
  const written = [opening(first)];
  for (let index = 1; index < tokens.length; index++) {
    const token = tokens[index];
    const previous = tokens[index - 1];
    if (token && previous) written.push(joining(previous, token));
  }
  written.push(closing(last));
  return written.join('');
}

/** Returns the token as the first one of a message. */
export function opening(token: Token): string {
  return (
    quoteSign(token) + token.prefix + openers(token.within) + (token.bidiMark || token.escape) + token.text
  );
}

/** Returns the token as it is written after another one. */
export function joining(previous: Token, token: Token): string {
  const isSameLine = previous.line === token.line;
  if (isSameLine && previous.within.length + token.within.length === 0) return previous.space + token.text;
  const kept = shared(previous.within, token.within, isSameLine);
  const closed = closers(previous.within.slice(kept)) + previous.space;
  const begun = isSameLine ? '' : quoteSign(token) + token.prefix;
  const opened = openers(token.within.slice(kept)) + (isSameLine ? '' : token.escape);
  return closed + begun + opened + token.text;
}

/** Returns what closes a message after the token. */
export function closing(token: Token): string {
  return closers(token.within);
}

const quoteSign = (token: Token): string => (token.line.quoted ? '> ' : '');

const openers = (within: readonly Emphasis[]): string => within.map(({ marker }) => marker).join('');

const closers = (within: readonly Emphasis[]): string =>
  within
    .map(({ marker }) => marker)
    .reverse()
    .join('');

/** Returns how many ranges of emphasis continue from one token to the next. Only code continues over the end of a line. */
function shared(left: readonly Emphasis[], right: readonly Emphasis[], isSameLine: boolean): number {
  let count = 0;
  for (const emphasis of left) {
    if (right[count] !== emphasis || (!isSameLine && emphasis.marker !== '```')) break;
    count += 1;
  }
  return count;
}
