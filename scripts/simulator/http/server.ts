import { createServer } from 'node:http';
import type Router from '@koa/router';
import Koa, { type Context, type Middleware } from 'koa';
import { ZodError, z } from 'zod';
import { BadRequest } from '../bad-request.ts';
import type { SimulatorOptions } from '../options.ts';
import { isPage, servePage } from './page.ts';

export interface Server {
  readonly url: string;
  close(): Promise<void>;
}

interface Parts {
  readonly options: SimulatorOptions;
  /** Answers whatever is neither the page nor the control API. */
  readonly graph: (ctx: Context) => Promise<void>;
  readonly control: Router;
}

/** Rejects when the port is taken. */
export async function startServer({ options, graph, control }: Parts): Promise<Server> {
  const app = new Koa();
  app.silent = true;
  app.use(answerErrors);
  app.use((ctx, next) => (isPage(ctx.path) || isControl(ctx.path) ? next() : graph(ctx)));
  app.use(onThisMachine);
  app.use(control.routes());
  app.use(servePage);
  app.use(nothingThere);

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

function isControl(path: string): boolean {
  return path === '/control' || path.startsWith('/control/');
}

const answerErrors: Middleware = async (ctx, next) => {
  try {
    await next();
  } catch (error) {
    ctx.status = error instanceof ZodError || error instanceof BadRequest ? 400 : 500;
    if (error instanceof ZodError) ctx.body = { error: z.prettifyError(error) };
    else ctx.body = { error: error instanceof BadRequest ? error.message : String(error) };
  }
};

const nothingThere: Middleware = (ctx) => {
  ctx.status = 404;
  ctx.body = { error: `there is no ${ctx.method} ${ctx.path}` };
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
