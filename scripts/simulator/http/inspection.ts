import Router from '@koa/router';
import { z } from 'zod';
import { systemClock } from '../../../app/clock.ts';
import type { AppLink } from '../app-link.ts';
import { Impossible } from '../bad-request.ts';
import type { Chats } from '../chats.ts';
import { lookInside, redrive } from '../inside.ts';
import type { SimulatorOptions } from '../options.ts';
import { identitySchema } from '../people.ts';
import type { Platform } from '../platform.ts';
import { curlOf } from '../timeline/curl.ts';
import { type Exchange, headerOf } from '../timeline/exchange.ts';
import type { Recorder } from '../timeline/recorder.ts';
import { maskedHeaders, type Secrets, withoutSecrets } from '../timeline/secrets.ts';
import { exchangeOfDelivery } from '../webhook/record-delivery.ts';
import type { Sender } from '../webhook/sender.ts';
import { readBody } from './body.ts';
import { notFound } from './control.ts';

interface Dependencies {
  readonly options: SimulatorOptions;
  readonly chats: Chats;
  readonly recorder: Recorder | undefined;
  readonly platform: Pick<Platform, 'signed'>;
  readonly sender: Pick<Sender, 'postOnce'>;
  readonly appLink: AppLink;
}

const NO_PERSON = 'no person has this number or user id';
const NO_HOP = 'this exchange is not kept (any more)';
const timelineQuery = z.strictObject({ person: identitySchema, message: z.string().min(1).optional() });
const insideQuery = z.strictObject({ person: identitySchema });
const resendSchema = z.strictObject({ body: z.string().max(1_000_000).optional() });
const actionSchema = z.strictObject({ action: z.enum(['crash', 'restart']) });
/** A year: dates stay within those that every part can write. */
const MAX_SKIP_MS = 366 * 86_400_000;
const skipSchema = z.strictObject({ skipMs: z.int().min(1).max(MAX_SKIP_MS) });

/** What happened, what the app holds, and what can be done to it: more of the control API. */
export function createInspection(dependencies: Dependencies): Router {
  const { options, chats, recorder, platform, sender, appLink } = dependencies;
  const router = new Router({ prefix: '/control' });
  const clock = { ...systemClock, now: options.now };

  router.get('/timeline', (ctx) => {
    const { person, message } = timelineQuery.parse({ ...ctx.query });
    const chat = chats.find(person);
    if (chat === undefined) return notFound(ctx, NO_PERSON);
    ctx.body = { person: chat.person.id, entries: recorder?.timeline(chat, message) ?? [] };
  });

  router.get('/hops/:id', (ctx) => {
    const { id = '' } = ctx.params;
    const exchange = recorder?.find(id);
    if (exchange === undefined) return notFound(ctx, NO_HOP);
    ctx.body = { ...recorder?.hop(id), ...shown(exchange, allSecrets()) };
  });
  router.post('/hops/:id/resend', async (ctx) => {
    const exchange = recorder?.find(ctx.params.id ?? '');
    if (recorder === undefined || exchange === undefined) return notFound(ctx, NO_HOP);
    const { body } = await readBody(ctx, resendSchema);
    if (exchange.kind !== 'delivery') throw new Impossible('Only deliveries can be sent again.');
    if (body === undefined && !exchange.request.body.isWhole)
      throw new Impossible('Only the beginning of this body is kept: give a whole one.');
    const bytes = body === undefined ? exchange.request.body.bytes() : Buffer.from(body);
    const attempt = await sender.postOnce(platform.signed(exchange.url, bytes));
    ctx.body = { id: recorder.exchange({ ...exchangeOfDelivery(attempt), resent: true }) };
  });

  router.get('/inside', async (ctx) => {
    const chat = chats.find(insideQuery.parse({ ...ctx.query }).person);
    if (chat === undefined) return notFound(ctx, NO_PERSON);
    ctx.body = await lookInside(appLink.config(), clock, chat.person);
  });
  router.post('/redrive', async (ctx) => {
    const { turn } = await readBody(ctx, z.strictObject({ turn: z.string().min(1).max(200) }));
    const conversation = await redrive(appLink.config(), clock, turn);
    if (conversation === undefined) return notFound(ctx, 'there is no such dead letter');
    ctx.body = { conversation };
  });

  router.post('/app', async (ctx) => {
    appLink.act((await readBody(ctx, actionSchema)).action);
    ctx.status = 202;
    ctx.body = {};
  });
  router.get('/clock', (ctx) => {
    ctx.body = appLink.clock();
  });
  router.post('/clock', async (ctx) => {
    const { offsetMs } = appLink.skip((await readBody(ctx, skipSchema)).skipMs);
    ctx.body = { offsetMs };
  });

  function allSecrets(): Secrets {
    const own: [string, string][] = [
      [options.accessToken, 'META_ACCESS_TOKEN_FROM_SYS_USER'],
      [options.appSecret, 'META_APP_SECRET'],
      [options.verifyToken, 'META_WEBHOOK_VERIFY_TOKEN'],
      [options.twilio.authToken, 'TWILIO_AUTH_TOKEN'],
    ];
    return new Map([...own, ...appLink.secrets()]);
  }
  return router;
}

/** Both directions of an exchange, without credentials. */
function shown(exchange: Exchange, secrets: Secrets) {
  const { method, request, response } = exchange;
  const url = withoutSecrets(exchange.url, secrets);
  const side = ({ headers, body }: Exchange['request']) => ({
    headers: maskedHeaders(headers),
    body: withoutSecrets(body.text(headerOf(headers, 'content-type')), secrets),
  });
  return {
    url,
    request: { method, url, ...side(request) },
    ...(response && { response: { status: response.status, ...side(response) } }),
    curl: curlOf(exchange, secrets),
  };
}
