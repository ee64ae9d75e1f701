import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';

export type RawBody =
  | { readonly read: true; readonly bytes: Buffer }
  /** `aborted`: the peer is gone, nobody is there to answer. */
  | { readonly read: false; readonly because: 'too large' | 'encoded' | 'aborted' };

/** How much of a refused body is taken in and thrown away before the connection is cut. */
const PATIENCE_BYTES = 64 * 1024 * 1024;

/**
 * The bytes of the body, as they were signed. A body longer than `limit` is refused as soon as that is known: at
 * once from its `Content-Length`, otherwise when it passes the limit. What follows of a refused body is read and
 * forgotten; where the connection closes with the answer, answer it with `lingering`.
 */
export function readRawBody(request: IncomingMessage, limit: number): Promise<RawBody> {
  const refusal = refusalFrom(request, limit);
  if (refusal !== undefined) {
    forgetRest(request);
    return Promise.resolve({ read: false, because: refusal });
  }
  return collect(request, limit);
}

/**
 * A body for the answer to a refused request on a connection that closes after it: `text` at once, its end when the
 * peer has stopped sending. Ending earlier would close the connection with unread bytes, which resets it, and then the
 * peer never sees the answer (RFC 9112, section 9.6).
 */
export function lingering(request: IncomingMessage, text: string): Readable {
  return Readable.from(
    (async function* () {
      yield text;
      await finished(request, { writable: false }).catch(() => {});
    })(),
  );
}

function refusalFrom({ headers }: IncomingMessage, limit: number): 'too large' | 'encoded' | undefined {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') return 'encoded';
  return Number(headers['content-length'] ?? 0) > limit ? 'too large' : undefined;
}

function collect(request: IncomingMessage, limit: number): Promise<RawBody> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request
      .on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length <= limit) {
          chunks.push(chunk);
          return;
        }
        chunks.length = 0;
        request.removeAllListeners('data');
        forgetRest(request);
        resolve({ read: false, because: 'too large' });
      })
      .on('end', () => resolve({ read: true, bytes: joined(chunks) }))
      .on('error', () => resolve({ read: false, because: 'aborted' }));
  });
}

function joined(chunks: readonly Buffer[]): Buffer {
  const [only] = chunks;
  return only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks);
}

/** Ends with the body, with the server's request time-out, or when the peer shows no sign of stopping. */
function forgetRest(request: IncomingMessage): void {
  let forgotten = 0;
  request
    .on('data', (chunk: Buffer) => {
      forgotten += chunk.length;
      if (forgotten > PATIENCE_BYTES) request.socket.destroy();
    })
    .on('error', () => {});
}
