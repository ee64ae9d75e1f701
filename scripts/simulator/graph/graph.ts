import type { Context } from 'koa';
import { BadRequest } from '../bad-request.ts';
import type { Counters } from '../counters.ts';
import { readJson } from '../http/body.ts';
import { MEDIA_PATH, type Media } from '../media.ts';
import type { SimulatorOptions } from '../options.ts';
import { createAccount } from './account.ts';
import { createApp } from './app.ts';
import type { Business } from './business.ts';
import { type Call, type Endpoint, readCall, tokenOf } from './call.ts';
import { GraphError, unknownObject } from './errors.ts';
import { createFiles } from './files.ts';
import { createNumber } from './number.ts';
import type { Templates } from './templates.ts';

interface Dependencies {
  readonly options: SimulatorOptions;
  readonly counters: Counters;
  readonly media: Media;
  readonly templates: Templates;
  readonly business: Business;
  readonly messages: (ctx: Context, json: unknown) => Promise<void>;
}

/** The Graph API as far as clients of the Cloud API call it. Other calls get Graph's own error. */
export function createGraph({ options, counters, media, templates, business, messages }: Dependencies) {
  const app = createApp(options, business);
  const files = createFiles(options, media);
  const nodes: ReadonlyMap<string, Endpoint> = new Map([
    [options.number, createNumber(options, business)],
    [options.businessAccount, createAccount(options, business, templates)],
    [options.app, app.app],
    ['app', app.app],
    ['me', app.me],
    ['debug_token', app.debugToken],
  ]);

  async function respond(call: Call): Promise<void> {
    const { ctx, id, edge, method } = call;
    if (id === 'oauth' && edge === 'access_token') {
      ctx.body = await app.token(call);
      return;
    }
    const token = tokenOf(call);
    if (token === undefined)
      throw new GraphError(190, { message: 'An access token is required to request this resource.' });
    if (!app.isValidToken(token))
      throw new GraphError(190, { message: 'Invalid OAuth access token - Cannot parse access token' });
    if (id === options.number && method === 'POST' && edge === 'messages') {
      await messages(ctx, await readJson(ctx.req));
      return;
    }
    const isUpload = id === options.number && method === 'POST' && edge === 'media';
    const node = isUpload ? files.upload : (nodes.get(id) ?? files.file);
    const found = await node(call);
    if (found === undefined) throw unknownObject(method, id);
    ctx.body = found;
  }

  return async (ctx: Context): Promise<void> => {
    try {
      if (ctx.path === MEDIA_PATH) download(ctx);
      else await respond(readCall(ctx));
    } catch (error) {
      const known = error instanceof BadRequest ? new GraphError(100, { message: error.message }) : error;
      if (!(known instanceof GraphError)) throw error;
      counters.refused[known.code] = (counters.refused[known.code] ?? 0) + 1;
      ctx.status = known.status;
      ctx.body = known.body;
      if (known.retryAfterSeconds !== undefined) ctx.set('retry-after', String(known.retryAfterSeconds));
    }
  };

  /** The media host of Meta, which is not part of the Graph API: plain statuses. */
  function download(ctx: Context): void {
    const authorised = ctx.get('authorization') === `Bearer ${options.accessToken}`;
    const file = authorised ? media.findByUrl({ ...ctx.query }) : undefined;
    ctx.status = authorised ? 404 : 401;
    if (!file || ctx.method !== 'GET') return;
    ctx.status = 200;
    ctx.type = file.mime;
    ctx.attachment(file.name ?? file.id);
    ctx.body = file.bytes;
  }
}
