/**
 * HTTP calls to slow and untrusted servers. Every wait has a time limit and every response a maximum size. A failure holds
 * no key, URL, text or phone number, and says whether the request was sent.
 */
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import got, { type Got, RequestError, type Response } from 'got';
import type { Clock } from '../ports/clock.ts';
import { type CallFailure, callFailure, unavailable } from './failures.ts';
import { retryAfterMs } from './retry-after.ts';

export interface Limits {
  /** For each of name look-up, TCP and TLS. */
  readonly connectMs: number;
  /** From the request to the response's headers. */
  readonly firstByteMs: number;
  /** Between two chunks of the response. */
  readonly idleMs: number;
  readonly totalMs: number;
  readonly maxBytes: number;
}

/** For short reads and writes. */
const SHORT_CALL: Limits = {
  connectMs: 5_000,
  firstByteMs: 15_000,
  idleMs: 10_000,
  totalMs: 30_000,
  maxBytes: 64 * 1024,
};

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Appended to the client's URL. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  /** Sent as `application/x-www-form-urlencoded`; not together with `json`. */
  readonly form?: Readonly<Record<string, string>>;
  readonly limits?: Limits;
  readonly signal?: AbortSignal | undefined;
  /** Called once, when the first bytes of the body have arrived. */
  readonly onFirstByte?: (() => void) | undefined;
}

/** Read it with `bytes`, `chunks` or `text`, or `discard` it: an unread response holds its connection. */
export interface HttpResponse {
  readonly status: number;
  /** Media type in lower case, without parameters; empty without a Content-Type. */
  readonly type: string;
  readonly retryAfterMs: number | undefined;
  /** Throws when the response is cut, stalls or is too long. */
  bytes(): AsyncGenerator<Uint8Array, void, void>;
  /** Complete characters, however the bytes were cut. Throws as `bytes` does, and when they are not UTF-8. */
  chunks(): AsyncGenerator<string, void, void>;
  text(): Promise<string>;
  discard(): void;
}

/** Resolves to the response, whatever its status. Rejects with the result of the client's `toError`. */
export type HttpClient = (request: HttpRequest) => Promise<HttpResponse>;

export interface HttpClientOptions {
  /** The other side, for error messages: `the backend`. */
  readonly name: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** How long an idle connection is kept: shorter than at the server, so that no request meets a closing connection. */
  readonly keepAliveMs?: number;
  readonly clock: Pick<Clock, 'now'>;
  /** Returns further headers for a call that begins. */
  readonly headersOfCall?: (() => Readonly<Record<string, string>>) | undefined;
  /** Default: `Unavailable`, or the signal's reason once that aborts. */
  readonly toError?: (failure: CallFailure) => unknown;
  readonly http?: Got;
}

/** Many servers close a connection that was idle for 5 seconds. */
const KEEP_ALIVE_MS = 4_000;

/** Returns a client that keeps connections alive, follows no redirect (it would send the key elsewhere) and never retries. */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const {
    name,
    url,
    headers,
    keepAliveMs = KEEP_ALIVE_MS,
    clock,
    headersOfCall,
    toError = unavailable,
    http = got,
  } = options;
  const keepAlive = { keepAlive: true, timeout: keepAliveMs };
  const client = http.extend({
    agent: { http: new HttpAgent(keepAlive), https: new HttpsAgent(keepAlive) },
    headers: { 'user-agent': 'ansari-whatsapp', ...headers },
    retry: { limit: 0 },
    followRedirect: false,
    throwHttpErrors: false,
    decompress: false,
  });
  const base = url.replace(/\/+$/, '');
  const isTls = base.startsWith('https:');

  return async (request) => {
    const { method, path, query, limits = SHORT_CALL, signal, onFirstByte } = request;
    const failed = (error: unknown, sent: boolean) => toError(callFailure(name, error, { sent, signal }));
    if (signal?.aborted) throw failed(signal.reason, false);
    const body = bodyOf(request);
    const stream = client.stream(`${base}${path}`, {
      method,
      ...(query && { searchParams: query }),
      headers: { ...body?.headers, ...headersOfCall?.(), ...request.headers },
      ...(signal && { signal }),
      timeout: {
        lookup: limits.connectMs,
        connect: limits.connectMs,
        secureConnect: limits.connectMs,
        response: limits.firstByteMs,
        request: limits.totalMs,
      },
    });
    if (body !== undefined) stream.end(body.bytes);

    const response = await new Promise<Response>((resolve, reject) => {
      stream.once('response', resolve);
      // The listener stays: got lets the signal abort even a call whose response has begun, and an error without a listener,
      // before the first reader of the response or after the last one, would end the process. A reader still gets the error.
      stream.on('error', reject);
    }).catch((error: unknown) => {
      throw failed(error, mayBeSent(error, isTls));
    });

    async function* bytes(): AsyncGenerator<Uint8Array, void, void> {
      let ended: 'idle' | 'too-long' | undefined;
      // got wraps the error that a stream is destroyed with, so the reason is stored separately.
      const idle = setTimeout(() => {
        ended = 'idle';
        stream.destroy();
      }, limits.idleMs);
      let length = 0;
      try {
        for await (const chunk of stream) {
          const piece: Uint8Array = chunk;
          idle.refresh();
          if (length === 0) onFirstByte?.();
          length += piece.length;
          if (length > limits.maxBytes) {
            ended = 'too-long';
            break;
          }
          yield piece;
        }
        if (ended !== undefined) throw ended;
      } catch (error) {
        throw failed(ended ?? error, true);
      } finally {
        clearTimeout(idle);
      }
    }

    async function* chunks(): AsyncGenerator<string, void, void> {
      const decoder = new TextDecoder('utf-8', { fatal: true });
      const decode = (piece?: Uint8Array): string => {
        try {
          return decoder.decode(piece, { stream: piece !== undefined });
        } catch {
          throw failed('not-utf-8', true);
        }
      };
      for await (const piece of bytes()) {
        const text = decode(piece);
        if (text !== '') yield text;
      }
      decode();
    }

    return {
      status: response.statusCode,
      type: (response.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '',
      retryAfterMs: retryAfterMs(response.headers['retry-after'], clock.now()),
      bytes,
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

/** Nothing of a request is written before its connection is established; after that, it may have arrived. */
function mayBeSent(error: unknown, isTls: boolean): boolean {
  if (!(error instanceof RequestError)) return true;
  const { timings } = error;
  return (isTls ? timings?.secureConnect : timings?.connect) !== undefined;
}

/**
 * A body for `stream.end(bytes)`. got 16.1.0 must not get it as `json` or `body`: it then ends the request one tick of the
 * event loop after the last byte, and destroys a call whose response began in between (`_finalizeStaleChunkedWrite`), the
 * more often the lower the latency and the busier the process.
 */
function bodyOf({ method, json, form }: HttpRequest) {
  if (json !== undefined) return encoded('application/json', JSON.stringify(json));
  if (form !== undefined)
    return encoded('application/x-www-form-urlencoded', new URLSearchParams(form).toString());
  // Got waits for the end of the body of every other method, also when there is none.
  return method === 'GET' ? undefined : { headers: { 'content-length': '0' }, bytes: Buffer.alloc(0) };
}

function encoded(type: string, text: string) {
  const bytes = Buffer.from(text);
  return { headers: { 'content-type': type, 'content-length': String(bytes.length) }, bytes };
}
