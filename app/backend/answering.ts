import { Readable } from 'node:stream';
import type { Context } from 'koa';
import type { Memory } from './memory.ts';
import type { Replies } from './replies.ts';

interface StreamOptions {
  readonly thread_id: string;
  readonly message: string;
  readonly memory: Memory;
  readonly replies: Replies;
  readonly cutsAnswers: boolean;
  readonly report: (what: string, error: unknown) => void;
}

/** ansari-backend stores this, and does not stream it, when its model failed. */
const MODEL_FAILED =
  'I encountered a problem processing your request. Please try again or rephrase your question.';

/**
 * Responds as ansari-backend does: stores the question, sends the headers of a 200 without a Content-Type, then streams the
 * answer. A model failure ends the stream like a finished answer. When the client disconnects, the answer is not stored.
 */
export function streamAnswer(ctx: Context, options: StreamOptions): void {
  const { thread_id, message, memory, replies, cutsAnswers, report } = options;
  const history = memory.history(thread_id).map(({ role, content }) => ({ role, content }));
  memory.append(thread_id, { role: 'user', content: message });
  // The client disconnected, or the backend stops.
  const closed = new AbortController();
  ctx.res.once('close', () => closed.abort());
  const { signal } = closed;

  async function* storedAnswer(): AsyncGenerator<string, void, void> {
    let whole = '';
    try {
      for await (const piece of replies(message, history, signal)) {
        if (piece === '') continue;
        whole += piece;
        yield piece;
      }
    } catch (error) {
      if (signal.aborted) return;
      report('the model failed', error);
      memory.append(thread_id, { role: 'assistant', content: MODEL_FAILED });
      return;
    }
    if (!signal.aborted) memory.append(thread_id, { role: 'assistant', content: whole.trim() });
  }

  ctx.status = 200;
  ctx.body = Readable.from(cutsAnswers ? cutInTheMiddle(storedAnswer()) : storedAnswer());
  ctx.remove('Content-Type');
  ctx.flushHeaders();
}

/** A stream error breaks the connection, so that the client notices the cut. */
async function* cutInTheMiddle(pieces: AsyncIterable<string>): AsyncGenerator<string, void, void> {
  const whole: string[] = [];
  for await (const piece of pieces) whole.push(piece);
  yield* whole.slice(0, Math.ceil(whole.length / 2));
  throw new Error('cut on purpose');
}
