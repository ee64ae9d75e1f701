import type { Got } from 'got';
import { Unavailable, Unknown } from '../domain/errors.ts';
import { parseJson } from '../json.ts';
import type { Clock } from '../ports/clock.ts';
import { createHttpClient, type HttpRequest, type HttpResponse, type Limits } from './client.ts';
import type { CallFailure } from './failures.ts';

/** Time limits of a short call. */
export interface CallTimeouts {
  /** For each of name look-up, TCP and TLS. */
  readonly connectMs: number;
  /** For the whole call. */
  readonly totalMs: number;
}

export interface JsonClientOptions {
  /** The platform, for error messages. */
  readonly name: string;
  readonly url: string;
  readonly timeouts: CallTimeouts;
  readonly clock: Pick<Clock, 'now'>;
  readonly maxResponseBytes?: number;
  readonly http?: Got | undefined;
}

export interface JsonResponse {
  readonly status: number;
  readonly retryAfterMs: number | undefined;
  /** Parsed JSON; undefined when the body was not JSON, or longer than any response of the platform. */
  readonly body: unknown;
}

/**
 * Calls once and resolves to the response, of any status. Rejects with `Unavailable` when the request was never sent, and
 * with `Unknown` when it may have arrived, also when the signal aborts the call.
 */
export type CallJson = (request: Omit<HttpRequest, 'limits'>) => Promise<JsonResponse>;

const KEEP_ALIVE_MS = 15_000;
const MAX_RESPONSE_BYTES = 64 * 1024;

/** Returns a client for calls that make a platform do something, with short JSON responses. */
export function createJsonClient(options: JsonClientOptions): CallJson {
  const { name, url, timeouts, clock, maxResponseBytes = MAX_RESPONSE_BYTES, http } = options;
  const { connectMs, totalMs } = timeouts;
  const limits: Limits = {
    connectMs,
    totalMs,
    firstByteMs: totalMs,
    idleMs: totalMs,
    maxBytes: maxResponseBytes,
  };
  const call = createHttpClient({
    name,
    url,
    keepAliveMs: KEEP_ALIVE_MS,
    clock,
    toError,
    ...(http && { http }),
  });
  return async (request) => {
    const response = await call({ ...request, limits });
    const { status, retryAfterMs } = response;
    return { status, retryAfterMs, body: await jsonOf(response) };
  };
}

class TooLong extends Error {}

async function jsonOf(response: HttpResponse): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of response.bytes()) chunks.push(chunk);
  } catch (error) {
    if (error instanceof TooLong) return undefined;
    throw error;
  }
  return parseJson(Buffer.concat(chunks).toString('utf8'));
}

/** An unreachable platform has the scope `app`, unless this program aborted the call. */
function toError({ name, sent, reason, code, cause }: CallFailure): Error {
  if (reason === 'too-long') return new TooLong();
  if (sent) return new Unknown(`${name} did not respond (${code}): it may have accepted the part`, { cause });
  if (reason === 'aborted') return new Unavailable('aborted before the call was sent', { cause });
  return new Unavailable(`${name} cannot be reached (${code})`, { scope: 'app', retryAfterMs: 5000, cause });
}
