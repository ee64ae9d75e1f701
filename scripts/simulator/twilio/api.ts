import type { Context } from 'koa';
import { BadRequest } from '../bad-request.ts';
import type { Counters } from '../counters.ts';
import { readParameters } from '../http/body.ts';
import type { Media } from '../media.ts';
import type { SimulatorOptions } from '../options.ts';
import { notFound, TwilioError } from './errors.ts';
import { findMedia } from './media.ts';
import type { createMessages } from './messages.ts';
import type { Fields } from './request.ts';

interface Dependencies {
  readonly options: SimulatorOptions;
  readonly counters: Counters;
  readonly media: Media;
  readonly messages: ReturnType<typeof createMessages>;
}

const ACCOUNT = /^\/2010-04-01\/Accounts\/([^/]+)\/(.+)$/;

/**
 * Twilio's API as far as it concerns messages. All of its hosts are one here: `api.twilio.com` has the messages,
 * `messaging.twilio.com` the typing indicator.
 */
export function createApi({ options, counters, media, messages }: Dependencies) {
  const { accountSid, authToken } = options.twilio;

  async function respond(ctx: Context): Promise<void> {
    authenticate(ctx);
    if (ctx.method === 'POST' && ctx.path === '/v2/Indicators/Typing.json')
      return messages.showTyping(ctx, await readFields(ctx));
    const [, account, resource = ''] = ACCOUNT.exec(ctx.path) ?? [];
    if (account === undefined) throw notFound(ctx.path);
    if (account !== accountSid) throw new TwilioError(20003);
    const [, sid, file] = /^Messages\/([^/]+?)(?:\.json|\/Media\/([^/]+))$/.exec(resource) ?? [];
    if (resource === 'Messages.json' && ctx.method === 'POST')
      return messages.create(ctx, await readFields(ctx));
    if (ctx.method !== 'GET') throw notFound(ctx.path);
    if (resource === 'Messages.json') return messages.list(ctx);
    if (file !== undefined) return download(ctx, file);
    if (sid === undefined) throw notFound(ctx.path);
    messages.show(ctx, sid);
  }

  function authenticate(ctx: Context): void {
    const encoded = /^Basic +(\S+)$/i.exec(ctx.get('authorization'))?.[1] ?? '';
    const credentials = Buffer.from(encoded, 'base64').toString('utf8');
    if (credentials === `${accountSid}:${authToken}`) return;
    ctx.set('www-authenticate', 'Basic realm="Twilio API"');
    throw new TwilioError(20003);
  }

  function download(ctx: Context, sid: string): void {
    const file = findMedia(media, sid);
    if (!file) throw notFound(ctx.path);
    ctx.type = file.mime;
    ctx.body = file.bytes;
  }

  return async (ctx: Context): Promise<void> => {
    try {
      await respond(ctx);
    } catch (error) {
      const known = error instanceof BadRequest ? new TwilioError(20001, { message: error.message }) : error;
      if (!(known instanceof TwilioError)) throw error;
      counters.refused[known.code] = (counters.refused[known.code] ?? 0) + 1;
      ctx.status = known.status;
      ctx.body = known.body;
      if (known.retryAfterSeconds !== undefined) ctx.set('retry-after', String(known.retryAfterSeconds));
    }
  };
}

async function readFields(ctx: Context): Promise<Fields> {
  if (!ctx.is('application/x-www-form-urlencoded')) return {};
  const fields = await readParameters(ctx.req);
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)]));
}
