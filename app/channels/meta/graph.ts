import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import got, { type Got, RequestError } from 'got';
import { Unavailable, Unknown } from '../../domain/errors.ts';
import { parseJson } from '../../json.ts';
import { jsonBody } from '../../wire/json-body.ts';

export interface GraphTimeouts {
  /** For looking the name up, for connecting, and for TLS, each. */
  readonly connectMs: number;
  /** For the whole call. */
  readonly totalMs: number;
}

/**
 * An HTTP client that does one thing once: no retry, no redirect (it would carry the token elsewhere), no exception for
 * a status. Connections are kept, but dropped before the far side is likely to drop them: a part written to a connection
 * that is being closed has an unknown outcome.
 */
export function createGraphClient(): Got {
  const kept = { keepAlive: true, timeout: 15_000 };
  return got.extend({
    agent: { http: new HttpAgent(kept), https: new HttpsAgent(kept) },
    retry: { limit: 0 },
    followRedirect: false,
    throwHttpErrors: false,
  });
}

export interface GraphCall {
  readonly url: string;
  readonly accessToken: string;
  readonly body: object;
  readonly timeouts: GraphTimeouts;
  readonly signal?: AbortSignal | undefined;
}

export interface GraphAnswer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  /** Parsed JSON; undefined when it was none, or longer than any answer of Graph. */
  readonly body: unknown;
}

const LONGEST_ANSWER = 64 * 1024;

/**
 * Posts once and answers whatever came back, of any status. Throws `Unavailable` when the request never left, `Unknown`
 * when it may have arrived: also when the call is stopped by its signal.
 */
export async function postToGraph(http: Got, call: GraphCall): Promise<GraphAnswer> {
  const { connectMs, totalMs } = call.timeouts;
  const { headers, bytes } = jsonBody(call.body);
  const request = http.stream.post(call.url, {
    headers: { ...headers, authorization: `Bearer ${call.accessToken}` },
    timeout: { lookup: connectMs, connect: connectMs, secureConnect: connectMs, request: totalMs },
    ...(call.signal && { signal: call.signal }),
  });
  // got lets the signal end even a call that was answered, if its last byte had not left by then. Nobody reads it any
  // more, and an error that nobody hears ends the process.
  request.on('error', () => {});
  request.end(bytes);
  try {
    const text = await readBounded(request);
    const { statusCode = 0, headers: answered } = request.response ?? {};
    return { status: statusCode, retryAfter: answered?.['retry-after'], body: parseJson(text) };
  } catch (error) {
    throw callError(error, call);
  }
}

async function readBounded(answer: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer) {
    size += chunk.length;
    if (size > LONGEST_ANSWER) return '';
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * got's errors carry the whole request, with token, number and text. Only their name and code go on. Meta out of reach is
 * nobody's fault, unless it was us who stopped.
 */
function callError(error: unknown, { url, signal }: GraphCall): Unavailable | Unknown {
  if (!(error instanceof RequestError)) {
    const cause = new Error(error instanceof Error ? error.name : typeof error);
    return new Unknown('The call to Meta broke: the part may have been taken', { cause });
  }
  const cause = new Error(`${error.name}: ${error.code}`);
  if (hasLeft(error, url)) {
    return new Unknown(`Meta did not answer (${error.code}): the part may have been taken`, { cause });
  }
  if (signal?.aborted) return new Unavailable('Stopped before the call left', { cause });
  return new Unavailable(`Meta cannot be reached (${error.code})`, {
    scope: 'app',
    retryAfterMs: 5000,
    cause,
  });
}

/** Nothing of a request can be written before its connection stands; after that, nobody can say how much arrived. */
function hasLeft({ timings }: RequestError, url: string): boolean {
  const standing = url.startsWith('https:') ? timings?.secureConnect : timings?.connect;
  return standing !== undefined;
}
