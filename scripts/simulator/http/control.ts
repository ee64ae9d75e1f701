import Router from '@koa/router';
import type { Context } from 'koa';
import { z } from 'zod';
import type { Actions } from '../actions.ts';
import type { Chats } from '../chats.ts';
import { contentSchema } from '../content/person.ts';
import { FAULT_KINDS, faultSchema } from '../faults.ts';
import type { Media } from '../media.ts';
import type { ChannelName } from '../options.ts';
import { identitySchema, newPersonSchema, phoneSchema, userIdSchema } from '../people.ts';
import { readBody } from './body.ts';
import { chatSummary, type Live } from './live.ts';

interface Dependencies {
  readonly actions: Actions;
  readonly chats: Chats;
  readonly live: Live;
  readonly media: Media;
  readonly channel: ChannelName;
}

const personField = { person: identitySchema };
const saySchema = z.strictObject({
  ...personField,
  /** A text message; `content` for any other kind. */
  text: z.string().min(1).optional(),
  content: contentSchema.optional(),
  id: z.string().min(1).max(512).optional(),
  /** Milliseconds since 1970, to the year 2286: Meta's ten digits of seconds. */
  at: z.int().min(0).max(9_999_999_999_999).optional(),
});
const numberSchema = z.strictObject({ ...personField, phone: phoneSchema, userId: userIdSchema.optional() });
const userIdChangeSchema = z.strictObject({ ...personField, userId: userIdSchema.optional() });
const deliverySchema = z.record(z.string(), z.unknown());

/** The control API: every action of the simulator, as JSON under `/control/`, for this machine only. */
export function createControl({ actions, chats, live, media, channel }: Dependencies): Router {
  const router = new Router({ prefix: '/control' });

  router.get('/events', (ctx) => {
    ctx.type = 'text/event-stream';
    ctx.set('cache-control', 'no-store');
    ctx.body = live.open();
  });
  router.get('/state', (ctx) => {
    const { counters, faults } = actions;
    const all = chats.all().map(chatSummary);
    ctx.body = { channel, app: actions.app(), counters, faults: faults.list(), chats: all };
  });
  router.get('/chats/:person', (ctx) => {
    const chat = chats.find(ctx.params.person ?? '');
    if (chat) ctx.body = { ...chatSummary(chat), bubbles: chat.bubbles };
    else notFound(ctx, 'no person has this number or user id');
  });
  router.get('/media/:id', (ctx) => {
    const file = media.find(ctx.params.id ?? '');
    if (!file) return notFound(ctx, 'the file does not exist');
    ctx.set('content-security-policy', "default-src 'none'; sandbox");
    ctx.set('x-content-type-options', 'nosniff');
    ctx.type = file.mime;
    ctx.body = file.bytes;
  });
  // `after`: the `order` of the last reply that the caller has received.
  router.get('/replies', (ctx) => {
    const { person, after } = repliesQuery.parse({ ...ctx.query });
    ctx.body = actions.replies.list(person).filter(({ order }) => order > after);
  });

  router.post('/people', async (ctx) => {
    ctx.body = actions.addPerson(await readBody(ctx, newPersonSchema));
  });
  router.post('/say', async (ctx) => {
    const { person, text, content, id, at } = await readBody(ctx, saySchema);
    const message = content ?? contentSchema.parse({ kind: 'text', text });
    const options = { ...(id === undefined ? {} : { id }), ...(at === undefined ? {} : { at }) };
    ctx.body = { id: actions.say(person, message, options) };
  });
  router.post('/deliver', async (ctx) => {
    actions.deliver(await readBody(ctx, deliverySchema));
    ctx.body = {};
  });
  router.post('/number', async (ctx) => {
    const { person, phone, userId } = await readBody(ctx, numberSchema);
    ctx.body = actions.change(person, { phone, ...(userId === undefined ? {} : { userId }) });
  });
  router.post('/user-id', async (ctx) => {
    const { person, userId } = await readBody(ctx, userIdChangeSchema);
    ctx.body = actions.change(person, userId === undefined ? {} : { userId });
  });
  router.post('/read', async (ctx) => {
    actions.read((await readBody(ctx, z.strictObject(personField))).person);
    ctx.body = {};
  });
  router.post('/phone', async (ctx) => {
    const { person, off } = await readBody(ctx, z.strictObject({ ...personField, off: z.boolean() }));
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
    actions.faults.add(await readBody(ctx, faultSchema));
    ctx.body = actions.faults.list();
  });
  router.delete('/faults', (ctx) => {
    const { kind, code } = endedFaults.parse({ ...ctx.query });
    actions.faults.clear(kind, code);
    ctx.body = actions.faults.list();
  });
  return router;
}

const repliesQuery = z.strictObject({
  person: identitySchema.optional(),
  after: z.coerce.number().default(0),
});

const endedFaults = z.strictObject({
  kind: z.enum(FAULT_KINDS).optional(),
  code: z.coerce.number().int().optional(),
});

export function notFound(ctx: Context, error: string): void {
  ctx.status = 404;
  ctx.body = { error };
}
