import Router from '@koa/router';
import type { Context } from 'koa';
import { z } from 'zod';
import type { Actions } from '../actions.ts';
import type { Chats } from '../chats.ts';
import { contentSchema } from '../content.ts';
import { faultSchema } from '../faults.ts';
import { identitySchema, newPersonSchema } from '../people.ts';
import { readJson } from './body.ts';
import { chatSummary, type Live } from './live.ts';

interface Means {
  readonly actions: Actions;
  readonly chats: Chats;
  readonly live: Live;
}

const whom = { person: identitySchema };
const saySchema = z.strictObject({
  ...whom,
  /** Words; or `content` for anything else. */
  text: z.string().min(1).optional(),
  content: contentSchema.optional(),
  id: z.string().optional(),
  at: z.number().optional(),
});

/** Everything that the simulator can do, as JSON under `/control/`, for this machine only. */
export function createControl({ actions, chats, live }: Means): Router {
  const router = new Router({ prefix: '/control' });

  router.get('/events', (ctx) => {
    ctx.type = 'text/event-stream';
    ctx.set('cache-control', 'no-store');
    ctx.body = live.open();
  });
  router.get('/state', (ctx) => {
    const { counters, faults } = actions;
    ctx.body = { app: actions.app(), counters, faults: faults.list(), chats: chats.all().map(chatSummary) };
  });
  router.get('/chats/:person', (ctx) => {
    const chat = chats.find(ctx.params.person ?? '');
    if (chat) ctx.body = { ...chatSummary(chat), bubbles: chat.bubbles };
  });
  // `after` is the `order` of the last reply that the caller has.
  router.get('/replies', (ctx) => {
    const asked = repliesQuery.parse({ ...ctx.query });
    ctx.body = actions.replies.list(asked.person).filter(({ order }) => order > asked.after);
  });

  router.post('/people', async (ctx) => {
    ctx.body = actions.addPerson(await asked(ctx, newPersonSchema));
  });
  router.post('/say', async (ctx) => {
    const { person, text, content, id, at } = await asked(ctx, saySchema);
    const saying = content ?? contentSchema.parse({ kind: 'text', text });
    const options = { ...(id === undefined ? {} : { id }), ...(at === undefined ? {} : { at }) };
    ctx.body = { id: actions.say(person, saying, options) };
  });
  router.post('/deliver', async (ctx) => {
    actions.deliver(await asked(ctx, z.unknown()));
    ctx.body = {};
  });
  router.post('/read', async (ctx) => {
    actions.read((await asked(ctx, z.strictObject(whom))).person);
    ctx.body = {};
  });
  router.post('/phone', async (ctx) => {
    const { person, off } = await asked(ctx, z.strictObject({ ...whom, off: z.boolean() }));
    actions.setPhoneOff(person, off);
    ctx.body = {};
  });
  router.post('/verify', async (ctx) => {
    ctx.body = await actions.verify();
  });

  router.get('/faults', (ctx) => {
    ctx.body = actions.faults.list();
  });
  router.post('/faults', async (ctx) => {
    actions.faults.add(await asked(ctx, faultSchema));
    ctx.body = actions.faults.list();
  });
  router.delete('/faults', (ctx) => {
    actions.faults.clear(z.string().optional().parse(ctx.query.kind));
    ctx.body = actions.faults.list();
  });
  return router;
}

const repliesQuery = z.strictObject({
  person: identitySchema.optional(),
  after: z.coerce.number().default(0),
});

/** Throws a `ZodError` for whatever is not asked as documented. */
async function asked<T>(ctx: Context, schema: z.ZodType<T>): Promise<T> {
  return schema.parse(await readJson(ctx.req));
}
