import { echo } from '../assistants/echo.ts';
import type { Clock } from '../ports/clock.ts';
import type { Replies } from './replies.ts';

/** Replies without a model, one for each behaviour of ansari-backend's own model. */

interface SampleOptions {
  readonly clock: Pick<Clock, 'sleep'>;
  /** Before each word. */
  readonly wordMs: number;
  /** Before the first word. */
  readonly firstWordMs?: number;
}

/** A question for a source gets citations, in ansari-backend's format. */
const ASKS_FOR_SOURCE = /\b(citations?|sources?|verses?|ayahs?)\b|مصدر|آية/i;
const CITED = ' [1] ';
const CITATIONS =
  '\n\n**Citations**:\n[1] Quran 94:5-6:\n Arabic: فَإِنَّ مَعَ الْعُسْرِ يُسْرًا ۝ إِنَّ مَعَ الْعُسْرِ يُسْرًا\n\n' +
  ' English: So, surely with hardship comes ease. Surely with that hardship comes more ease.\n\n';

/** Repeats the question word by word, to show the streaming. */
export function echoReplies({ clock, wordMs, firstWordMs = 0 }: SampleOptions): Replies {
  return async function* echoed(question, _history, signal) {
    if (firstWordMs > 0) await clock.sleep(firstWordMs, signal);
    const cites = ASKS_FOR_SOURCE.test(question);
    const text = `${echo(question)}${cites ? `${CITED}${CITATIONS}` : ''}`;
    for (const word of text.split(/(?<=\s)(?=\S)/)) {
      await clock.sleep(wordMs, signal);
      yield word;
    }
  };
}

/** Each answer is complete and empty. */
export const emptyReplies: Replies = async function* nothing() {};

// biome-ignore lint/correctness/useYield: it fails before its first word
export const failingReplies: Replies = async function* failed() {
  throw new Error('the model was told to fail');
};
