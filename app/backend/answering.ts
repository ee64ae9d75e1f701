import { Readable } from 'node:stream';
import type { Context } from 'koa';
import type { Memory } from './memory.ts';
import type { Replies } from './replies.ts';

interface Asked {
  readonly thread_id: string;
  readonly message: string;
  readonly memory: Memory;
  readonly replies: Replies;
  readonly cutsAnswers: boolean;
  readonly report: (what: string, error: unknown) => void;
}

/** What ansari-backend stores, and does not stream, when its model failed. */
const GAVE_UP =
  'I encountered a problem processing your request. Please try again or rephrase your question.';

/**
 * Answers as ansari-backend does: the question is stored, then the head of a 200 without a Content-Type goes out, then
 * the words as they are written. A model that fails ends the stream like one that is done. A caller that leaves ends the
 * writing: nothing more is stored.
 */
export function streamAnswer(ctx: Context, asked: Asked): void {
  const { thread_id, message, memory, replies, cutsAnswers, report } = asked;
  const before = memory.history(thread_id).map(({ role, content }) => ({ role, content }));
  memory.append(thread_id, { role: 'user', content: message });
  // The client left, or the backend stops.
  const gone = new AbortController();
  ctx.res.once('close', () => gone.abort());
  const { signal } = gone;

  async function* written(): AsyncGenerator<string, void, void> {
    let whole = '';
    try {
      for await (const piece of replies(message, before, signal)) {
        if (piece === '') continue;
        whole += piece;
        yield piece;
      }
    } catch (error) {
      if (signal.aborted) return;
      report('the model failed', error);
      memory.append(thread_id, { role: 'assistant', content: GAVE_UP });
      return;
    }
    if (!signal.aborted) memory.append(thread_id, { role: 'assistant', content: whole.trim() });
  }

  ctx.status = 200;
  ctx.body = Readable.from(cutsAnswers ? cutInTheMiddle(written()) : written());
  ctx.remove('Content-Type');
  ctx.flushHeaders();
}

/** A stream that fails breaks the connection, so that the client sees that it was cut. */
async function* cutInTheMiddle(pieces: AsyncIterable<string>): AsyncGenerator<string, void, void> {
  const whole: string[] = [];
  for await (const piece of pieces) whole.push(piece);
  yield* whole.slice(0, Math.ceil(whole.length / 2));
  throw new Error('cut on purpose');
}
