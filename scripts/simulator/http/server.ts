import { createServer } from 'node:http';
import Router from '@koa/router';
import Koa, { type Context, type Middleware } from 'koa';
import { ZodError, z } from 'zod';
import type { SimulatorOptions } from '../options.ts';
import { servePage } from './page.ts';

export interface Server {
  readonly url: string;
  close(): Promise<void>;
}

interface Parts {
  readonly options: SimulatorOptions;
  readonly graphMessages: (ctx: Context, version: string, number: string) => Promise<void>;
  readonly control: Router;
}

/** Rejects when the port is taken. */
export async function startServer({ options, graphMessages, control }: Parts): Promise<Server> {
  const graph = new Router();
  graph.post('/:version/:number/messages', async (ctx) => {
    await graphMessages(ctx, ctx.params.version ?? '', ctx.params.number ?? '');
  });

  const app = new Koa();
  app.silent = true;
  app.use(answerErrors);
  app.use(graph.routes());
  app.use(onThisMachine);
  app.use(control.routes());
  app.use(servePage);

  const server = createServer(app.callback());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : options.port;
  return {
    url: `http://${options.host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const answerErrors: Middleware = async (ctx, next) => {
  try {
    await next();
  } catch (error) {
    ctx.status = error instanceof ZodError || error instanceof RangeError ? 400 : 500;
    ctx.body = { error: error instanceof ZodError ? z.prettifyError(error) : String(error) };
  }
};

/** Another machine gets nothing, nor does a foreign web page, whether it asks from afar or under a name that leads here. */
const onThisMachine: Middleware = async (ctx, next) => {
  const here = /^(::ffff:)?127\.|^::1$/.test(ctx.req.socket.remoteAddress ?? '');
  const byOurName = ['localhost', '127.0.0.1', '[::1]'].includes(ctx.hostname);
  const origin = ctx.get('origin');
  const fromOurPage = origin === '' || origin === `http://${ctx.host}`;
  if (here && byOurName && fromOurPage) return next();
  ctx.status = 403;
  ctx.body = { error: 'only for this machine: open http://localhost' };
};
