import type { Thread } from '../domain/conversation.ts';

const TITLE_WORDS = 6;
const TITLE_UNITS = 100;

const GRAPHEMES = new Intl.Segmenter('und', { granularity: 'grapheme' });

/**
 * Returns the title of a new thread: the first six words, separated by one space, at most 100 UTF-16 units, cut between
 * graphemes. Empty for a text without words.
 */
export function titleFrom(text: string): string {
  const words = text.trim().split(/\s+/, TITLE_WORDS).join(' ');
  if (words.length <= TITLE_UNITS) return words;
  let title = '';
  // Twice the length is enough to find the end of the last grapheme that could fit.
  for (const { segment } of GRAPHEMES.segment(words.slice(0, 2 * TITLE_UNITS))) {
    if (title.length + segment.length > TITLE_UNITS) break;
    title += segment;
  }
  return title.trimEnd();
}

/**
 * Returns whether the thread should be continued: its last message is less than `retentionMs` older than `now`
 * (milliseconds since 1970). A time in the future, by another machine's clock, is fresh.
 */
export function isFresh(thread: Thread | undefined, now: number, retentionMs: number): thread is Thread {
  return thread !== undefined && now - thread.lastAt < retentionMs;
}
