import { once } from 'node:events';
import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from 'koa';
import type { Faults } from '../faults.ts';
import { ABOUT_NOTHING, type Exchange, headerOf, headersOf } from '../timeline/exchange.ts';
import { KeptBody } from '../timeline/kept-body.ts';
import type { Recorder } from '../timeline/recorder.ts';
import { type AssistantFaults, drawAssistantFaults, NO_FAULTS } from './faults.ts';
import { ASSISTANT_PATH } from './path.ts';

interface Dependencies {
  readonly faults: Faults;
  readonly recorder: Recorder | undefined;
  readonly now: () => number;
  /** Returns the address of the assistant; undefined when nobody has said it. */
  readonly target: () => string | undefined;
}

/** A question of ansari-backend's API, or of the Responses API: faults apply to these alone. */
const QUESTION = /\/(?:messages\/process|responses)$/;
/** They belong to one connection (RFC 9110, section 7.6.1). */
const OF_CONNECTION = new Set(['connection', 'keep-alive', 'transfer-encoding', 'te', 'upgrade', 'host']);
/** Node's servers close an idle connection after 5 seconds. */
const KEEP_ALIVE = { keepAlive: true, timeout: 4_000 };

/** Passes the calls of the app on to its assistant, byte for byte as they arrive, and its answers back. */
export function createAssistantProxy({ faults, recorder, now, target }: Dependencies) {
  const agents = { 'http:': new HttpAgent(KEEP_ALIVE), 'https:': new HttpsAgent(KEEP_ALIVE) };

  return async (ctx: Context): Promise<void> => {
    const base = target()?.replace(/\/+$/, '');
    if (base === undefined) {
      ctx.status = 502;
      ctx.body = { error: 'nobody has said which assistant this leads to: only `npm run dev` does' };
      return;
    }
    ctx.respond = false;
    const { req, res } = ctx;
    const url = `${base}${(req.url ?? '').slice(ASSISTANT_PATH.length)}`;
    const [at, startedAt] = [now(), performance.now()];
    const headers = headersOf(req.rawHeaders);
    const traceId = headerOf(headers, 'traceparent')?.split('-')[1];
    const owner = () => (traceId === undefined ? undefined : recorder?.personOfTrace(traceId));
    const isQuestion = req.method === 'POST' && QUESTION.test(ctx.path);
    const kept = { request: new KeptBody(), response: new KeptBody() };
    // What arrives meanwhile stays in the connection: nothing reads it yet.
    const drawn = isQuestion ? await drawAssistantFaults(faults, owner) : NO_FAULTS;
    const outcome = await forward({ req, res, url, kept, drawn, agents });
    recorder?.exchange({
      ...{ kind: 'assistant', at, ms: Math.round(performance.now() - startedAt) },
      ...{ method: ctx.method, url, request: { headers, body: kept.request }, traceId, about: ABOUT_NOTHING },
      ...{ response: outcome.response, failure: outcome.failure, fault: drawn.named },
    });
  };
}

interface Forwarding {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly url: string;
  readonly kept: { readonly request: KeptBody; readonly response: KeptBody };
  readonly drawn: AssistantFaults;
  readonly agents: Readonly<Record<'http:' | 'https:', HttpAgent>>;
}

type Outcome = Pick<Exchange, 'response' | 'failure'>;

/** Resolves when the response to the app has ended, in whatever way. */
async function forward(forwarding: Forwarding): Promise<Outcome> {
  const { req, res, kept, drawn } = forwarding;
  const gone = new AbortController();
  const closed = new Promise<void>((resolve) => {
    res.once('close', () => {
      if (!res.writableFinished) gone.abort();
      resolve();
    });
  });
  if (drawn.ending?.kind === 'assistant_refuse') {
    req.on('data', (chunk: Buffer) => kept.request.add(chunk));
    await Promise.race([once(req, 'end'), closed]);
    return respond(res, drawn.ending.status, 'the simulator refuses for the assistant', kept.response);
  }
  const upstream = ask(forwarding);
  gone.signal.addEventListener('abort', () => upstream.destroy());
  let answer: IncomingMessage;
  try {
    [answer] = (await once(upstream, 'response')) as [IncomingMessage];
    // What comes meanwhile waits in the connection to the assistant.
    if (drawn.slowMs > 0) await sleep(drawn.slowMs, undefined, { signal: gone.signal });
  } catch (error) {
    upstream.destroy();
    if (gone.signal.aborted) return { failure: 'cut by the app' };
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'no response';
    const sentence = `the assistant at ${new URL(forwarding.url).origin} cannot be reached (${code})`;
    return { ...respond(res, 502, sentence, kept.response), failure: code };
  }
  const headers = headersOf(answer.rawHeaders);
  const response = { status: answer.statusCode ?? 0, headers, body: kept.response };
  const failure = await passOn(answer, forwarding, gone.signal);
  await closed;
  return { response, failure };
}

/** Begins the call of the assistant with everything that the app sends. */
function ask({ req, url, kept, agents }: Forwarding): ClientRequest {
  const isTls = url.startsWith('https:');
  const upstream = (isTls ? httpsRequest : httpRequest)(url, {
    method: req.method,
    headers: Object.fromEntries(Object.entries(req.headers).filter(([name]) => !OF_CONNECTION.has(name))),
    agent: agents[isTls ? 'https:' : 'http:'],
  });
  // Whoever waits for the call gets the error too; one that comes later is that of the answer.
  upstream.on('error', () => {});
  req.pipe(upstream);
  req.on('data', (chunk: Buffer) => kept.request.add(chunk));
  return upstream;
}

/** Resolves to why the answer is not complete; to undefined when it is. */
async function passOn(
  answer: IncomingMessage,
  { res, kept, drawn }: Forwarding,
  gone: AbortSignal,
): Promise<string | undefined> {
  const { ending } = drawn;
  const isEmpty = ending?.kind === 'assistant_empty';
  let left = ending?.kind === 'assistant_cut' ? ending.afterBytes : Number.POSITIVE_INFINITY;
  const headers = headersOf(answer.rawHeaders).filter(
    ([name]) => !OF_CONNECTION.has(name) && !(isEmpty && name === 'content-length'),
  );
  res.sendDate = false;
  res.writeHead(answer.statusCode ?? 502, answer.statusMessage, headers.flat());
  res.flushHeaders();
  try {
    for await (const chunk of answer) {
      if (isEmpty) continue;
      const bytes: Buffer = chunk.subarray(0, left);
      left -= bytes.length;
      kept.response.add(bytes);
      if (left <= 0) {
        await new Promise<void>((resolve) => res.write(bytes, () => resolve()));
        break;
      }
      if (!res.write(bytes)) await once(res, 'drain', { signal: gone });
    }
  } catch {
    res.destroy();
    return gone.aborted ? 'cut by the app' : 'cut';
  }
  if (left <= 0) {
    answer.destroy();
    res.destroy();
    return 'cut';
  }
  res.end();
  return undefined;
}

function respond(res: ServerResponse, status: number, detail: string, kept: KeptBody): Outcome {
  const body = JSON.stringify({ detail });
  const headers = [['content-type', 'application/json'] as const];
  kept.add(body);
  res.writeHead(status, Object.fromEntries(headers)).end(body);
  return { response: { status, headers, body: kept } };
}
