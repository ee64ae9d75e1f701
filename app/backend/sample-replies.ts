import { echo } from '../assistants/echo.ts';
import type { Clock } from '../ports/clock.ts';
import type { Replies } from './replies.ts';

/** Answers without a model, each a way that ansari-backend's own model can behave. */

interface SampleOptions {
  readonly clock: Pick<Clock, 'sleep'>;
  /** Before each word. */
  readonly wordMs: number;
  /** Before the first word. */
  readonly thinksMs?: number;
}

/** Who asks for a source gets one, in the shape that ansari-backend writes citations in. */
const ASKS_FOR_SOURCE = /\b(citations?|sources?|verses?|ayahs?)\b|مصدر|آية/i;
const CITED = ' [1] ';
const CITATIONS =
  '\n\n**Citations**:\n[1] Quran 94:5-6:\n Arabic: فَإِنَّ مَعَ الْعُسْرِ يُسْرًا ۝ إِنَّ مَعَ الْعُسْرِ يُسْرًا\n\n' +
  ' English: So, surely with hardship comes ease. Surely with that hardship comes more ease.\n\n';

/** Says the question again, word by word, so that one sees how it streams. */
export function echoReplies({ clock, wordMs, thinksMs = 0 }: SampleOptions): Replies {
  return async function* echoed(question, _history, signal) {
    if (thinksMs > 0) await clock.sleep(thinksMs, signal);
    const cites = ASKS_FOR_SOURCE.test(question);
    const text = `${echo(question)}${cites ? `${CITED}${CITATIONS}` : ''}`;
    for (const word of text.split(/(?<=\s)(?=\S)/)) {
      await clock.sleep(wordMs, signal);
      yield word;
    }
  };
}

/** Each answer is finished and has no word in it. */
export const emptyReplies: Replies = async function* nothing() {};

// biome-ignore lint/correctness/useYield: it fails before its first word
export const failingReplies: Replies = async function* failed() {
  throw new Error('the model was told to fail');
};
