import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';

export type RawBody =
  | { readonly read: true; readonly bytes: Buffer }
  /** `crowded`: too much is arriving at once. `aborted`: the peer is gone, nobody is there to answer. */
  | { readonly read: false; readonly because: 'too large' | 'crowded' | 'encoded' | 'aborted' };

/** How much of a refused body is taken in and thrown away before the connection is cut. */
const PATIENCE_BYTES = 64 * 1024 * 1024;

/** A body this small is always taken: nearly every delivery is. */
const SMALL_BYTES = 64 * 1024;
/** What larger ones may hold together while they arrive: anybody can begin one, before any signature is seen. */
const MAX_HELD_BYTES = 128 * 1024 * 1024;

/**
 * Reads the bytes of bodies, as they were signed. A body longer than `limit` is refused as soon as that is known: at
 * once from its `Content-Length`, otherwise when it passes the limit. A large one is also refused when those that are
 * under way hold too much memory. The rest of a refused body is read and thrown away. If the connection closes after
 * the answer, send the answer through `lingering`, or the peer may not see it.
 */
export function createBodyReader(
  limit: number,
  heldAtMost = MAX_HELD_BYTES,
): (request: IncomingMessage) => Promise<RawBody> {
  const held = { bytes: 0, atMost: heldAtMost };
  return (request) => {
    const refusal = refusalFrom(request, limit);
    if (refusal === undefined) return collect(request, limit, held);
    forgetRest(request);
    return Promise.resolve({ read: false, because: refusal });
  };
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

/** What the large bodies of one reader hold while they arrive. */
interface Held {
  bytes: number;
  readonly atMost: number;
}

function refusalFrom({ headers }: IncomingMessage, limit: number): 'too large' | 'encoded' | undefined {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') return 'encoded';
  return Number(headers['content-length'] ?? 0) > limit ? 'too large' : undefined;
}

function collect(request: IncomingMessage, limit: number, held: Held): Promise<RawBody> {
  return new Promise((resolve) => {
    let bytes: Buffer = NOTHING;
    let length = 0;
    let counted = 0;

    function hold(amount: number): void {
      if (counted === 0 && amount > 0) request.once('close', () => hold(0));
      held.bytes += amount - counted;
      counted = amount;
    }

    function refuse(because: 'too large' | 'crowded'): void {
      bytes = NOTHING;
      hold(0);
      request.removeAllListeners('data');
      forgetRest(request);
      resolve({ read: false, because });
    }

    request
      .on('data', (chunk: Buffer) => {
        if (length + chunk.length > limit) {
          refuse('too large');
          return;
        }
        bytes = length === 0 ? chunk : appended(bytes, length, chunk, limit);
        length += chunk.length;
        if (bytes.length > SMALL_BYTES) hold(bytes.length);
        if (counted > 0 && held.bytes > held.atMost) refuse('crowded');
      })
      .on('end', () => {
        if (counted > 0) hold(0);
        resolve({ read: true, bytes: bytes.length === length ? bytes : bytes.subarray(0, length) });
      })
      .on('error', () => resolve({ read: false, because: 'aborted' }));
  });
}

const NOTHING = Buffer.alloc(0);

/**
 * The first `length` bytes and the chunk behind them, in the same memory while there is room. Chunks are not kept as they
 * come: they can be of one byte, and each would cost a hundred times that.
 */
function appended(bytes: Buffer, length: number, chunk: Buffer, limit: number): Buffer {
  const end = length + chunk.length;
  // The very first chunk is no memory of ours, and has no room.
  const isRoom = end <= bytes.length;
  const room = isRoom ? bytes : Buffer.allocUnsafe(Math.min(limit, Math.max(end, 2 * bytes.length)));
  if (!isRoom) bytes.copy(room, 0, 0, length);
  chunk.copy(room, length);
  return room;
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
