import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import { SECRET } from '../deliveries.ts';

/**
 * The least that a webhook must do: read the bytes, verify their signature, parse them. `take` gets what was believed
 * and answers it. Listens on PORT.
 */
export function receive(take: (bytes: Buffer, response: ServerResponse) => void): void {
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
      take(bytes, response);
    });
  });
  server.listen(Number(process.env.PORT), '127.0.0.1');
}

/** The same answer as the app's, byte for byte but for the time. */
export function answerStored(response: ServerResponse): void {
  const body = `{"success":true,"message":"stored","timestamp":${Math.floor(Date.now() / 1_000)}}`;
  response.writeHead(200, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(body);
}

function isSigned(bytes: Buffer, header: string | string[] | undefined): boolean {
  if (typeof header !== 'string' || !header.startsWith('sha256=')) return false;
  const given = Buffer.from(header.slice('sha256='.length), 'hex');
  const expected = createHmac('sha256', SECRET).update(bytes).digest();
  return given.length === expected.length && timingSafeEqual(given, expected);
}
