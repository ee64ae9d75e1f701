import Router from '@koa/router';
import type { Context } from 'koa';
import { z } from 'zod';
import { streamAnswer } from './answering.ts';
import type { Memory } from './memory.ts';
import { isoformat, validationDetail } from './python.ts';
import type { Replies } from './replies.ts';

export interface RouteOptions {
  readonly memory: Memory;
  readonly replies: Replies;
  /** Whether the connection breaks in the middle of each answer. The stored answer is complete. */
  readonly cutsAnswers?: boolean;
  /** Called with internal errors. */
  readonly report: (what: string, error: unknown) => void;
}

const byPhone = z.object({ phone_num: z.string() });
const registration = z.object({ phone_num: z.string(), preferred_language: z.string() });
const opening = z.object({ phone_num: z.string(), title: z.string() });
const asking = z.object({ phone_num: z.string(), thread_id: z.string(), message: z.string() });

export function routes({ memory, replies, cutsAnswers = false, report }: RouteOptions): Router {
  const router = new Router({ prefix: '/whatsapp/v2' });

  router.post('/users/register', (ctx) => {
    const { phone_num, preferred_language } = readBody(ctx, registration);
    const done = memory.register(phone_num, preferred_language, 'whatsapp');
    ctx.body = { status: 'success', user_id: { status: done ? 'success' : 'failure' } };
  });

  router.get('/users/exists', (ctx) => {
    const { phone_num } = readQuery(ctx, byPhone);
    ctx.body = { exists: memory.exists(phone_num) };
  });

  router.post('/threads', (ctx) => {
    const { phone_num, title } = readBody(ctx, opening);
    ctx.body = { thread_id: memory.openThread(userOf(ctx, phone_num), title) ?? 'None' };
  });

  router.get('/threads/last', (ctx) => {
    const { phone_num } = readQuery(ctx, byPhone);
    const last = memory.lastThread(userOf(ctx, phone_num));
    ctx.body = { thread_id: last?.threadId ?? null, last_message_time: last ? isoformat(last.lastAt) : null };
  });

  router.get('/threads/:threadId/history', (ctx) => {
    const { phone_num } = readQuery(ctx, byPhone);
    const threadId = ctx.params.threadId ?? '';
    const thread = memory.thread(userOf(ctx, phone_num), threadId);
    if (thread === undefined) return ctx.throw(404, 'Thread not found or access denied');
    ctx.body = { thread_name: thread.title, messages: memory.history(threadId) };
  });

  router.post('/messages/process', (ctx) => {
    const { phone_num, thread_id, message } = readBody(ctx, asking);
    const thread = memory.thread(userOf(ctx, phone_num), thread_id);
    if (thread === undefined) return ctx.throw(404, 'Thread not found');
    streamAnswer(ctx, { thread_id, message, memory, replies, cutsAnswers, report });
  });

  function userOf(ctx: Context, phoneNum: string): string {
    return memory.userOf(phoneNum) ?? ctx.throw(404, 'WhatsApp user not found');
  }

  return router;
}

function readQuery<T>(ctx: Context, schema: z.ZodType<T>): T {
  return read(ctx, 'query', schema, ctx.query);
}

/** Without a body the parser returns an empty object. */
function readBody<T>(ctx: Context, schema: z.ZodType<T>): T {
  return read(ctx, 'body', schema, ctx.request.rawBody ? ctx.request.body : undefined);
}

/** Returns the parsed input. Throws 400 with the problems. */
function read<T>(ctx: Context, where: 'body' | 'query', schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  return parsed.success ? parsed.data : ctx.throw(400, validationDetail(where, parsed.error, value));
}
