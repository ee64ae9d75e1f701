/**
 * One HTTP call to a slow and untrusted server: every wait has an end, every answer a longest size, and whatever goes
 * wrong is an `Unavailable` that holds no key, address, text or phone number.
 */
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import got, { type Response } from 'got';
import { Unavailable } from '../domain/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Answer } from './answer.ts';
import { unavailable } from './failures.ts';
import { jsonBody } from './json-body.ts';
import { retryAfterMs } from './retry-after.ts';

export interface Limits {
  /** Each of name look-up, TCP and TLS. */
  readonly connectMs: number;
  /** From the request to the head of the answer. */
  readonly firstByteMs: number;
  /** Between two pieces of the answer. */
  readonly idleMs: number;
  readonly totalMs: number;
  readonly longestBytes: number;
}

/** For calls that only look something up or write it down. */
const SHORT_CALL: Limits = {
  connectMs: 5_000,
  firstByteMs: 15_000,
  idleMs: 10_000,
  totalMs: 30_000,
  longestBytes: 64 * 1024,
};

export interface Call {
  readonly method: 'GET' | 'POST';
  /** Joined to the caller's address. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly limits?: Limits;
  readonly signal?: AbortSignal;
}

export type Caller = (call: Call) => Promise<Answer>;

export interface CallerOptions {
  /** Who is called, for messages: `the backend`. */
  readonly name: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * A caller that keeps connections alive, follows no redirect and never repeats a call. It throws `Unavailable`, or
 * the signal's reason once that aborts; any status is an answer.
 */
export function createCaller({ name, url, headers, clock }: CallerOptions): Caller {
  // Many servers close a connection that rested for 5 seconds. Leaving first avoids writing into one being closed.
  const keptAlive = { keepAlive: true, timeout: 4_000 };
  const client = got.extend({
    agent: { http: new HttpAgent(keptAlive), https: new HttpsAgent(keptAlive) },
    headers: { 'user-agent': 'ansari-whatsapp', ...headers },
    retry: { limit: 0 },
    followRedirect: false,
    throwHttpErrors: false,
    decompress: false,
  });
  const base = url.replace(/\/+$/, '');

  return async ({ method, path, query, json, limits = SHORT_CALL, signal }) => {
    signal?.throwIfAborted();
    const body = json === undefined ? undefined : jsonBody(json);
    const stream = client.stream(`${base}${path}`, {
      method,
      ...(query && { searchParams: query }),
      ...(body && { headers: body.headers }),
      ...(signal && { signal }),
      timeout: {
        lookup: limits.connectMs,
        connect: limits.connectMs,
        secureConnect: limits.connectMs,
        response: limits.firstByteMs,
        request: limits.totalMs,
      },
    });
    // A failure between the head of an answer and its first reader must not end the process; the reader gets it.
    stream.on('error', () => {});
    if (body !== undefined) stream.end(body.bytes);

    const failure = (error: unknown): unknown => (signal?.aborted ? signal.reason : unavailable(name, error));
    let response: Response;
    try {
      response = await new Promise<Response>((resolve, reject) => {
        stream.once('response', resolve);
        stream.once('error', reject);
      });
    } catch (error) {
      throw failure(error);
    }

    async function* chunks(): AsyncGenerator<string, void, void> {
      const decoder = new TextDecoder('utf-8', { fatal: true });
      let stuck: Unavailable | undefined;
      // got wraps the error that a stream is destroyed with, so it is kept beside it.
      const idle = setTimeout(() => {
        stuck = new Unavailable(`${name} stopped in the middle of its answer`, { code: 'idle' });
        stream.destroy();
      }, limits.idleMs);
      let length = 0;
      try {
        for await (const chunk of stream) {
          const bytes: Uint8Array = chunk;
          idle.refresh();
          length += bytes.length;
          if (length > limits.longestBytes) {
            throw new Unavailable(`${name} answers more than ${limits.longestBytes} bytes`, {
              code: 'too-long',
            });
          }
          const text = decoder.decode(bytes, { stream: true });
          if (text !== '') yield text;
        }
        decoder.decode();
      } catch (error) {
        throw stuck ?? failure(error);
      } finally {
        clearTimeout(idle);
      }
    }

    return {
      status: response.statusCode,
      type: (response.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '',
      retryAfterMs: retryAfterMs(response.headers['retry-after'], clock.now()),
      chunks,
      async text() {
        let whole = '';
        for await (const chunk of chunks()) whole += chunk;
        return whole;
      },
      discard: () => void stream.destroy(),
    };
  };
}
