import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import { SECRET } from '../deliveries.ts';

/**
 * The minimal work of a webhook: read the bytes, verify the signature, parse the JSON. Calls `accept` for a valid
 * delivery. Listens on PORT.
 */
export function receive(accept: (bytes: Buffer, response: ServerResponse) => void): void {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const bytes = chunks[0] !== undefined && chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
      if (!isSigned(bytes, request.headers['x-hub-signature-256'])) {
        response.writeHead(403).end();
        return;
      }
      const delivery: unknown = JSON.parse(bytes.toString('utf8'));
      if (typeof delivery !== 'object') throw new Error('not a delivery');
      accept(bytes, response);
    });
  });
  server.listen(Number(process.env.PORT), '127.0.0.1');
}

/** Sends the same response as the app, except for the timestamp. */
export function respondStored(response: ServerResponse): void {
  const body = `{"success":true,"message":"stored","timestamp":${Math.floor(Date.now() / 1_000)}}`;
  response.writeHead(200, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(body);
}

function isSigned(bytes: Buffer, header: string | string[] | undefined): boolean {
  if (typeof header !== 'string' || !header.startsWith('sha256=')) return false;
  const received = Buffer.from(header.slice('sha256='.length), 'hex');
  const expected = createHmac('sha256', SECRET).update(bytes).digest();
  return received.length === expected.length && timingSafeEqual(received, expected);
}
