import { createServer } from 'node:http';
import type Router from '@koa/router';
import Koa, { type Context, type Middleware } from 'koa';
import { ZodError, z } from 'zod';
import { isAssistantPath } from '../assistant/path.ts';
import { BadRequest, Impossible } from '../bad-request.ts';
import type { SimulatorOptions } from '../options.ts';
import type { Recorder } from '../timeline/recorder.ts';
import { isPage, servePage } from './page.ts';
import { recordApi } from './record-api.ts';

export interface Server {
  readonly url: string;
  close(): Promise<void>;
}

interface Parts {
  readonly options: SimulatorOptions;
  /** Handles every path outside the page and the control API. */
  readonly api: (ctx: Context) => Promise<void>;
  /** The routes under `/control/`. */
  readonly control: readonly Router[];
  /** Handles the calls of the app to its assistant. */
  readonly assistant: (ctx: Context) => Promise<void>;
  readonly recorder: Recorder | undefined;
}

/** Rejects with Node's error when the port cannot be listened on. */
export async function startServer({ options, api, control, assistant, recorder }: Parts): Promise<Server> {
  const app = new Koa();
  app.silent = true;
  if (recorder !== undefined) {
    const record = recordApi(recorder, options.now);
    app.use((ctx, next) => (isApi(ctx.path) ? record(ctx, next) : next()));
  }
  app.use(respondToErrors);
  app.use((ctx, next) => (isApi(ctx.path) ? api(ctx) : next()));
  app.use(onlyFromThisMachine);
  app.use((ctx, next) => (isAssistantPath(ctx.path) ? assistant(ctx) : next()));
  for (const router of control) app.use(router.routes());
  app.use(servePage);
  app.use(notFound);

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

/** Every path that is nothing of the simulator's own. */
function isApi(path: string): boolean {
  return !(isPage(path) || isControl(path) || isAssistantPath(path));
}

function isControl(path: string): boolean {
  return path === '/control' || path.startsWith('/control/');
}

const respondToErrors: Middleware = async (ctx, next) => {
  try {
    await next();
  } catch (error) {
    ctx.status = error instanceof ZodError || error instanceof BadRequest ? 400 : 500;
    if (error instanceof Impossible) ctx.status = 409;
    if (error instanceof ZodError) ctx.body = { error: z.prettifyError(error) };
    else {
      const isExplained = error instanceof BadRequest || error instanceof Impossible;
      ctx.body = { error: isExplained ? error.message : String(error) };
    }
  }
};

const notFound: Middleware = (ctx) => {
  ctx.status = 404;
  ctx.body = { error: `there is no ${ctx.method} ${ctx.path}` };
};

/** Rejects other machines and foreign web pages, also those that reach this machine under another host name. */
const onlyFromThisMachine: Middleware = async (ctx, next) => {
  const isLocal = /^(::ffff:)?127\.|^::1$/.test(ctx.req.socket.remoteAddress ?? '');
  const hasOwnHost = ['localhost', '127.0.0.1', '[::1]'].includes(ctx.hostname);
  const origin = ctx.get('origin');
  const hasOwnOrigin = origin === '' || origin === `http://${ctx.host}`;
  if (isLocal && hasOwnHost && hasOwnOrigin) return next();
  ctx.status = 403;
  ctx.body = { error: 'only for this machine: open http://localhost' };
};
