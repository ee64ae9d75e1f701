import type { Thread } from '../domain/conversation.ts';

const TITLE_WORDS = 6;
const TITLE_UNITS = 100;

const GRAPHEMES = new Intl.Segmenter('und', { granularity: 'grapheme' });

/**
 * The name of a new thread: the first six words, one space between them, at most 100 UTF-16 units, cut between
 * graphemes. Empty for a text without words.
 */
export function titleFrom(text: string): string {
  const words = text.trim().split(/\s+/, TITLE_WORDS).join(' ');
  if (words.length <= TITLE_UNITS) return words;
  let title = '';
  // Twice the length is enough to see where the last grapheme that could fit ends.
  for (const { segment } of GRAPHEMES.segment(words.slice(0, 2 * TITLE_UNITS))) {
    if (title.length + segment.length > TITLE_UNITS) break;
    title += segment;
  }
  return title.trimEnd();
}

/**
 * Whether the assistant should go on with the thread: something was said in it less than `retentionMs` before
 * `now` (milliseconds since 1970). A last word from the future, by another machine's clock, is fresh.
 */
export function isFresh(thread: Thread | undefined, now: number, retentionMs: number): thread is Thread {
  return thread !== undefined && now - thread.lastAt < retentionMs;
}
