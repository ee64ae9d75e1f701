import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, '../fixtures/ansari-backend');
/** Splits characters of two and three bytes. */
const CHUNK_BYTES = 7;

export interface RecordedAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** As sent over the wire. */
  readonly bytes: Buffer;
}

export function recordedAnswer(name: string): RecordedAnswer {
  const text = readFileSync(join(FOLDER, `${name}.http`), 'utf8');
  const end = text.indexOf('\n\n');
  const [statusLine = '', ...lines] = text.slice(0, end).split('\n');
  const body = text.slice(end + 2);
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const head = `${[statusLine, ...lines].join('\r\n')}\r\n\r\n`;
  const framed = headers['transfer-encoding'] === 'chunked' ? chunked(Buffer.from(body)) : Buffer.from(body);
  const bytes = Buffer.concat([Buffer.from(head), framed]);
  return { status: Number(statusLine.split(' ')[1]), headers, body, bytes };
}

function chunked(body: Buffer): Buffer {
  const frames: Buffer[] = [];
  for (let at = 0; at < body.length; at += CHUNK_BYTES) {
    const chunk = body.subarray(at, at + CHUNK_BYTES);
    frames.push(Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n'));
  }
  return Buffer.concat([...frames, Buffer.from('0\r\n\r\n')]);
}

export interface RecordedServer {
  readonly url: string;
  /** The request lines, in order. */
  readonly seen: string[];
  close(): Promise<void>;
}

/** A TCP server that sends the bytes of the next recording for each HTTP request. */
export async function serveRecorded(names: readonly string[]): Promise<RecordedServer> {
  const remaining = [...names];
  const seen: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let request = '';
    socket.on('error', () => {});
    socket.on('data', (data) => {
      request += data.toString('latin1');
      const head = request.indexOf('\r\n\r\n');
      const length = Number(/^content-length: *(\d+)/im.exec(request)?.[1] ?? 0);
      if (head === -1 || request.length < head + 4 + length) return;
      seen.push(request.slice(0, request.indexOf(' HTTP/')));
      request = '';
      const name = remaining.shift();
      if (name === undefined) socket.destroy();
      else socket.write(recordedAnswer(name).bytes);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    seen,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
