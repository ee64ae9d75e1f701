import { finished } from 'node:stream';
import type { Context, Middleware } from 'koa';
import { aboutCall } from '../timeline/about.ts';
import { headersOf } from '../timeline/exchange.ts';
import { KeptBody } from '../timeline/kept-body.ts';
import type { Recorder } from '../timeline/recorder.ts';
import { observeBody } from './body.ts';

const MAX_UNREAD_BYTES = 64 * 1024;

/** Records the calls of the platform's API, also those that a fault cuts. */
export function recordApi(recorder: Recorder, now: () => number): Middleware {
  return async (ctx, next) => {
    const [at, startedAt] = [now(), performance.now()];
    const body = new KeptBody();
    observeBody(ctx.req, (chunk) => body.add(chunk));
    let isRecorded = false;

    function record(isWhole: boolean): void {
      if (isRecorded) return;
      isRecorded = true;
      const request = body.text();
      recorder.exchange({
        ...{ kind: 'api', at, ms: Math.round(performance.now() - startedAt), method: ctx.method },
        url: ctx.href,
        request: { headers: headersOf(ctx.req.rawHeaders), body },
        response: isWhole || ctx.res.headersSent ? responseOf(ctx) : undefined,
        failure: isWhole ? undefined : 'cut',
        fault: typeof ctx.state.fault === 'string' ? ctx.state.fault : undefined,
        about: aboutCall(request, ctx.href, ctx.body),
      });
    }

    finished(ctx.res, (error) => record(!error));
    await next();
    if (ctx.respond === false) record(false);
    else if (body.size === 0) await readRest(ctx, body);
  };
}

/** An API that rejects a call because of its headers has not read the body. */
async function readRest({ req }: Context, body: KeptBody): Promise<void> {
  if (req.readableEnded || req.destroyed || Number(req.headers['content-length'] ?? 0) > MAX_UNREAD_BYTES)
    return;
  for await (const chunk of req) body.add(chunk);
}

function responseOf({ res, body }: Context) {
  const headers = Object.entries(res.getHeaders()).map(([name, value]) => [name, String(value)] as const);
  const isBytes = typeof body === 'string' || body instanceof Uint8Array;
  const text = isBytes ? body : body === undefined || body === null ? '' : JSON.stringify(body);
  return { status: res.statusCode, headers, body: new KeptBody(text) };
}
