import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';

export type RawBody =
  | { readonly read: true; readonly bytes: Buffer }
  /** `crowded`: the bodies that are being read hold too much memory. `aborted`: the peer closed the connection. */
  | { readonly read: false; readonly because: 'too large' | 'crowded' | 'encoded' | 'aborted' };

/** How much of a refused body is read and discarded before the connection is cut. */
const MAX_DISCARDED_BYTES = 64 * 1024 * 1024;

/** A body up to this size is always accepted: nearly every delivery is. */
const SMALL_BYTES = 64 * 1024;
/** Total memory of larger bodies while they arrive: anyone can begin one, before any signature is checked. */
const MAX_HELD_BYTES = 128 * 1024 * 1024;

/**
 * Returns a function that reads the raw bytes of a body, over which it was signed. A body longer than `limit` is refused as
 * soon as that is known: from its `Content-Length`, otherwise when it exceeds the limit. A large body is also refused when
 * those in progress hold too much memory. The rest of a refused body is read and discarded. If the connection closes after
 * the response, send the response through `lingering`, or the peer may not see it.
 *
 * Not the package raw-body: it has no memory limit over all bodies, and does not read the rest of a refused one.
 */
export function createBodyReader(
  limit: number,
  maxHeldBytes = MAX_HELD_BYTES,
): (request: IncomingMessage) => Promise<RawBody> {
  const held = { bytes: 0, max: maxHeldBytes };
  return (request) => {
    const refusal = refusalFrom(request, limit);
    if (refusal === undefined) return collect(request, limit, held);
    discardRest(request);
    return Promise.resolve({ read: false, because: refusal });
  };
}

/**
 * Returns a response body for a refused request on a connection that closes afterwards: `text` at once, its end when the
 * peer has stopped sending. Ending earlier would close the connection with unread bytes, which resets it, and the peer
 * would never see the response (RFC 9112, section 9.6).
 */
export function lingering(request: IncomingMessage, text: string): Readable {
  return Readable.from(
    (async function* () {
      yield text;
      await finished(request, { writable: false }).catch(() => {});
    })(),
  );
}

/** Memory of the large bodies of one reader while they arrive. */
interface Held {
  bytes: number;
  readonly max: number;
}

function refusalFrom({ headers }: IncomingMessage, limit: number): 'too large' | 'encoded' | undefined {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') return 'encoded';
  return Number(headers['content-length'] ?? 0) > limit ? 'too large' : undefined;
}

function collect(request: IncomingMessage, limit: number, held: Held): Promise<RawBody> {
  return new Promise((resolve) => {
    let bytes: Buffer = EMPTY;
    let length = 0;
    let counted = 0;

    function hold(amount: number): void {
      if (counted === 0 && amount > 0) request.once('close', () => hold(0));
      held.bytes += amount - counted;
      counted = amount;
    }

    function refuse(because: 'too large' | 'crowded'): void {
      bytes = EMPTY;
      hold(0);
      request.removeAllListeners('data');
      discardRest(request);
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
        if (counted > 0 && held.bytes > held.max) refuse('crowded');
      })
      .on('end', () => {
        if (counted > 0) hold(0);
        resolve({ read: true, bytes: bytes.length === length ? bytes : bytes.subarray(0, length) });
      })
      .on('error', () => resolve({ read: false, because: 'aborted' }));
  });
}

const EMPTY = Buffer.alloc(0);

/**
 * Returns the first `length` bytes followed by the chunk, in the same memory while it has room. The chunks themselves are
 * not collected: a chunk can be one byte long, and each would cost a hundred times that.
 */
function appended(bytes: Buffer, length: number, chunk: Buffer, limit: number): Buffer {
  const end = length + chunk.length;
  // The very first chunk was not allocated here and has no room.
  const isRoom = end <= bytes.length;
  const room = isRoom ? bytes : Buffer.allocUnsafe(Math.min(limit, Math.max(end, 2 * bytes.length)));
  if (!isRoom) bytes.copy(room, 0, 0, length);
  chunk.copy(room, length);
  return room;
}

/** Ends with the body, with the server's request time-out, or by cutting the connection of a peer that goes on. */
function discardRest(request: IncomingMessage): void {
  let discarded = 0;
  request
    .on('data', (chunk: Buffer) => {
      discarded += chunk.length;
      if (discarded > MAX_DISCARDED_BYTES) request.socket.destroy();
    })
    .on('error', () => {});
}
