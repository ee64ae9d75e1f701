import { Readable } from 'node:stream';
import Router from '@koa/router';
import type { Context } from 'koa';
import { z } from 'zod';
import type { Memory } from './memory.ts';
import type { Replies } from './replies.ts';

export interface RouteOptions {
  readonly memory: Memory;
  readonly replies: Replies;
  /** Told of what went wrong inside. */
  readonly report: (what: string, error: unknown) => void;
}

const phone = z.string().trim().min(1).max(64);
const byPhone = z.object({ phone_num: phone });
const registration = z.object({ phone_num: phone, preferred_language: z.string().min(2).max(16) });
const opening = z.object({ phone_num: phone, title: z.string().max(4_096) });
const asking = z.object({
  phone_num: phone,
  thread_id: z.string().min(1).max(128),
  // Fifty messages of one person, each of at most 4,096 characters, can be one question.
  message: z.string().trim().min(1).max(250_000),
});

export function routes({ memory, replies, report }: RouteOptions): Router {
  const router = new Router({ prefix: '/whatsapp/v2' });

  router.post('/users/register', (ctx) => {
    const { phone_num, preferred_language } = read(ctx, registration, ctx.request.body);
    ctx.body = { status: 'success', user_id: memory.register(phone_num, preferred_language) };
  });

  router.get('/users/exists', (ctx) => {
    const { phone_num } = read(ctx, byPhone, ctx.query);
    ctx.body = { exists: memory.userOf(phone_num) !== undefined };
  });

  router.post('/threads', (ctx) => {
    const { phone_num, title } = read(ctx, opening, ctx.request.body);
    ctx.body = { thread_id: memory.openThread(userOf(ctx, phone_num), title) };
  });

  router.get('/threads/last', (ctx) => {
    const { phone_num } = read(ctx, byPhone, ctx.query);
    const last = memory.lastThread(userOf(ctx, phone_num));
    ctx.body = { thread_id: last?.threadId ?? null, last_message_time: isoTime(last?.lastAt) };
  });

  router.get('/threads/:threadId/history', (ctx) => {
    const { phone_num } = read(ctx, byPhone, ctx.query);
    const threadId = ctx.params.threadId ?? '';
    const title = titleOf(ctx, userOf(ctx, phone_num), threadId);
    ctx.body = { thread_name: title, messages: memory.history(threadId) };
  });

  router.post('/messages/process', async (ctx) => {
    const { phone_num, thread_id, message } = read(ctx, asking, ctx.request.body);
    titleOf(ctx, userOf(ctx, phone_num), thread_id);
    // The client left, or the backend stops.
    const gone = new AbortController();
    ctx.res.once('close', () => gone.abort());
    const { signal } = gone;
    const pieces = replies(message, memory.history(thread_id), signal)[Symbol.asyncIterator]();

    // Until the first piece is there a failure can still be said with a status; afterwards only by cutting.
    const first = await pieces.next().catch((error: unknown) => {
      if (!signal.aborted) report('no answer could be written', error);
      return undefined;
    });
    if (first === undefined || first.done) return ctx.throw(502, 'no answer could be written');
    ctx.type = 'text/plain; charset=utf-8';
    ctx.body = Readable.from(written(first.value, { [Symbol.asyncIterator]: () => pieces }));

    async function* written(
      begin: string,
      others: AsyncIterable<string>,
    ): AsyncGenerator<string, void, void> {
      let whole = begin;
      yield begin;
      try {
        for await (const piece of others) {
          whole += piece;
          yield piece;
        }
        memory.remember(thread_id, message, whole);
      } catch (error) {
        if (!signal.aborted) report('an answer was cut', error);
        throw error;
      }
    }
  });

  function userOf(ctx: Context, phoneNum: string): string {
    return memory.userOf(phoneNum) ?? ctx.throw(404, 'there is no such person');
  }

  /** Another person's thread is as unknown as one that never was. */
  function titleOf(ctx: Context, userId: string, threadId: string): string {
    return memory.thread(userId, threadId)?.title ?? ctx.throw(404, 'there is no such thread');
  }

  return router;
}

function isoTime(at: number | null | undefined): string | null {
  return at === null || at === undefined ? null : new Date(at).toISOString();
}

/** What was sent, in shape; 422 with what is wrong with it otherwise. */
function read<T>(ctx: Context, schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  return ctx.throw(422, problems.join('; '));
}
