import type { Got } from 'got';
import { Unavailable, Unknown } from '../../domain/errors.ts';
import { createHttpClient, type HttpClient, type Limits } from '../../http-client/client.ts';
import type { CallFailure } from '../../http-client/failures.ts';
import { parseJson } from '../../json.ts';
import type { Clock } from '../../ports/clock.ts';

export interface GraphTimeouts {
  /** For each of name look-up, TCP and TLS. */
  readonly connectMs: number;
  /** For the whole call. */
  readonly totalMs: number;
}

export interface GraphClientOptions {
  /** With the version: `https://graph.facebook.com/v25.0`. */
  readonly url: string;
  readonly timeouts: GraphTimeouts;
  readonly clock: Pick<Clock, 'now'>;
  readonly http?: Got | undefined;
}

interface GraphCall {
  readonly path: string;
  readonly accessToken: string;
  readonly body: object;
  readonly signal?: AbortSignal | undefined;
}

export interface GraphResponse {
  readonly status: number;
  readonly retryAfterMs: number | undefined;
  /** Parsed JSON; undefined when the body was not JSON, or longer than any response of Graph. */
  readonly body: unknown;
}

const KEEP_ALIVE_MS = 15_000;
const MAX_RESPONSE_BYTES = 64 * 1024;

/**
 * Posts once and resolves to the response, of any status. Rejects with `Unavailable` when the request was never sent, and
 * with `Unknown` when it may have arrived, also when the signal aborts the call.
 */
export type PostToGraph = (call: GraphCall) => Promise<GraphResponse>;

export function createGraphClient({ url, timeouts, clock, http }: GraphClientOptions): PostToGraph {
  const { connectMs, totalMs } = timeouts;
  const limits: Limits = {
    connectMs,
    totalMs,
    firstByteMs: totalMs,
    idleMs: totalMs,
    maxBytes: MAX_RESPONSE_BYTES,
  };
  const call = createHttpClient({
    name: 'Meta',
    url,
    keepAliveMs: KEEP_ALIVE_MS,
    clock,
    toError,
    ...(http && { http }),
  });
  return async ({ path, accessToken, body, signal }) => {
    const headers = { authorization: `Bearer ${accessToken}` };
    const response = await call({ method: 'POST', path, headers, json: body, limits, signal });
    const { status, retryAfterMs } = response;
    return { status, retryAfterMs, body: await jsonOf(response) };
  };
}

class TooLong extends Error {}

async function jsonOf(response: Awaited<ReturnType<HttpClient>>): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of response.bytes()) chunks.push(chunk);
  } catch (error) {
    if (error instanceof TooLong) return undefined;
    throw error;
  }
  return parseJson(Buffer.concat(chunks).toString('utf8'));
}

/** An unreachable Meta has the scope `app`, unless this program aborted the call. */
function toError({ sent, reason, code, cause }: CallFailure): Error {
  if (reason === 'too-long') return new TooLong();
  if (sent) return new Unknown(`Meta did not respond (${code}): it may have accepted the part`, { cause });
  if (reason === 'aborted') return new Unavailable('aborted before the call was sent', { cause });
  return new Unavailable(`Meta cannot be reached (${code})`, { scope: 'app', retryAfterMs: 5000, cause });
}
