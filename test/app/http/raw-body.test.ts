import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createBodyReader } from '#app/http/raw-body.ts';
import { connectTo, ENVELOPE, post, receiveAll, receiveHead, SECRET, sign, start } from './running-app.ts';

const MIB = 1024 * 1024;
const LIMIT = 4 * MIB;

function head(...lines: string[]): string {
  return ['POST /whatsapp/v2 HTTP/1.1', 'Host: x', ...lines, '', ''].join('\r\n');
}

/** A signed envelope of exactly this many bytes. */
function padded(bytes: number): string {
  const frame = '{"entry": [""]}';
  return frame.replace('""', `"${'x'.repeat(bytes - frame.length)}"`);
}

describe('a body with Content-Length', () => {
  it('of 4 MiB is accepted', async () => {
    const app = await start();
    expect((await post(`${app.url}/whatsapp/v2`, padded(LIMIT))).status).toBe(200);
    expect(app.accepted).toHaveLength(1);
  });

  it('of one byte more returns 413 before it is read', async () => {
    const app = await start();
    const socket = await connectTo(app.port);
    socket.write(head(`Content-Length: ${LIMIT + 1}`));
    expect(await receiveHead(socket)).toMatch(/^HTTP\/1\.1 413 .*BODY_TOO_LARGE/s);
    socket.destroy();
    expect(app.accepted).toEqual([]);
    expect(app.logged).toContainEqual(
      expect.objectContaining({ level: 'warn', event: 'a delivery was refused unread', reason: 'too large' }),
    );
  });

  it('that is refused gets the complete response at once, also with Expect: 100-continue', async () => {
    const app = await start();
    const socket = await connectTo(app.port);
    socket.write(head(`Content-Length: ${10 * MIB}`, 'Expect: 100-continue'));
    let received = '';
    for await (const chunk of socket) {
      received += chunk;
      const [, length, body] =
        /HTTP\/1\.1 413 .*Content-Length: (\d+).*?\r\n\r\n(.*)$/is.exec(received) ?? [];
      if (body !== undefined && body.length === Number(length)) break;
    }
    expect(received).toContain('BODY_TOO_LARGE');
  });

  it.each(['keep-alive', 'close'])(
    'of 10 MB returns 413 without a reset, Connection: %s',
    async (connection) => {
      const app = await start();
      const socket = await connectTo(app.port);
      socket.write(head(`Content-Length: ${10 * MIB}`, `Connection: ${connection}`));
      socket.write(Buffer.alloc(10 * MIB, 'x'));
      socket.once('data', () => socket.end());
      expect(await receiveAll(socket)).toMatch(/^HTTP\/1\.1 413 .*BODY_TOO_LARGE/s);
    },
  );

  it('that never arrives returns 413, and its connection ends with the request time-out', async () => {
    const app = await start({ limits: { requestMs: 2_000, headersMs: 2_000, checkIntervalMs: 20 } });
    const socket = await connectTo(app.port);
    socket.write(head(`Content-Length: ${10 * MIB}`));
    expect(await receiveAll(socket)).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('shorter than announced gets no response and is not an error', async () => {
    const app = await start();
    const socket = await connectTo(app.port);
    socket.write(head('Content-Length: 100'));
    await new Promise((resolve) => socket.write(ENVELOPE, resolve));
    await settled(app.port);
    socket.destroy();
    await expect.poll(() => app.metrics()).toContain('deliveries_total{outcome="refused"} 1');
    expect(app.logged.filter(({ level }) => level === 'error' || level === 'warn')).toEqual([]);
    expect(app.accepted).toEqual([]);
  });

  it('longer than announced is cut, and the rest is not a second delivery', async () => {
    const app = await start();
    const socket = await connectTo(app.port);
    const signature = sign(ENVELOPE);
    socket.write(
      head(`Content-Length: ${ENVELOPE.length}`, `X-Hub-Signature-256: ${signature}`) + ENVELOPE + ENVELOPE,
    );
    expect(await receiveAll(socket)).toContain('HTTP/1.1 400 ');
    expect(app.accepted.length).toBeLessThan(2);
  });
});

describe('a chunked body', () => {
  it('is reassembled, also when a character was split', async () => {
    const app = await start();
    const body = Buffer.from('{"entry": ["أحكام الصلاة 😀"]}');
    const socket = await connectTo(app.port);
    socket.setNoDelay(true);
    socket.write(
      head('Transfer-Encoding: chunked', `X-Hub-Signature-256: ${sign(body)}`, 'Connection: close'),
    );
    for (const byte of body) {
      socket.write(Buffer.concat([Buffer.from('1\r\n'), Buffer.from([byte]), Buffer.from('\r\n')]));
    }
    socket.write('0\r\n\r\n');
    expect(await receiveAll(socket)).toMatch(/^HTTP\/1\.1 200 /);
    expect(app.accepted).toMatchObject([{ messages: [{ content: { text: 'أحكام الصلاة 😀' } }] }]);
  });

  it.each(['keep-alive', 'close'])(
    'that exceeds 4 MiB returns 413 without a reset, Connection: %s',
    async (connection) => {
      const app = await start();
      const before = process.memoryUsage.rss();
      const socket = await connectTo(app.port);
      socket.write(head('Transfer-Encoding: chunked', `Connection: ${connection}`));
      const chunk = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(65_536, 'x'), Buffer.from('\r\n')]);
      for (let sent = 0; sent < 10 * MIB; sent += 65_536) socket.write(chunk);
      socket.write('0\r\n\r\n');
      socket.once('data', () => socket.end());
      expect(await receiveAll(socket)).toMatch(/^HTTP\/1\.1 413 .*BODY_TOO_LARGE/s);
      expect(process.memoryUsage.rss() - before).toBeLessThan(64 * MIB);
      expect(app.accepted).toEqual([]);
    },
  );

  it('without end is disconnected', async () => {
    const app = await start();
    const socket = await connectTo(app.port);
    const chunk = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(MIB, 'x'), Buffer.from('\r\n')]);
    socket.write(head('Transfer-Encoding: chunked'));
    let sent = 0;
    const send = () => {
      while (!socket.destroyed && socket.write(chunk)) sent += MIB;
    };
    socket.on('drain', send).on('error', () => {});
    send();
    await new Promise((resolve) => socket.once('close', resolve));
    expect(sent).toBeLessThan(200 * MIB);
    expect((await fetch(`${app.url}/health`)).status).toBe(200);
  });
});

it('refuses large bodies while others use too much memory, and never small ones', async () => {
  const read = createBodyReader(LIMIT, LIMIT + 150_000);
  let arrived = 0;
  const server = createServer(async (request, response) => {
    request.on('data', ({ length }) => {
      arrived += length;
    });
    const body = await read(request);
    response.end(body.read ? `${body.bytes.length}` : body.because);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const responseTo = async (body: string) =>
    (await fetch(`http://127.0.0.1:${port}`, { method: 'POST', body })).text();

  const slow = await connectTo(port);
  slow.write(head(`Content-Length: ${LIMIT}`));
  slow.write('x'.repeat(LIMIT - 1));
  await expect.poll(() => arrived).toBe(LIMIT - 1);
  expect(await responseTo('x'.repeat(200_000))).toBe('crowded');
  expect(await responseTo('x'.repeat(60_000))).toBe('60000');
  slow.destroy();
  await expect.poll(() => responseTo('x'.repeat(200_000))).toBe('200000');
});

describe('Content-Encoding', () => {
  it('identity is accepted', async () => {
    const app = await start();
    expect((await post(`${app.url}/whatsapp/v2`, ENVELOPE, { 'content-encoding': 'identity' })).status).toBe(
      200,
    );
  });

  it('gzip returns 415 and is never decompressed', async () => {
    const app = await start();
    const bomb = gzipSync(Buffer.alloc(10 * MIB));
    const response = await post(`${app.url}/whatsapp/v2`, bomb, { 'content-encoding': 'gzip' });
    expect(response.status).toBe(415);
    expect(await response.json()).toMatchObject({ error_code: 'UNSUPPORTED_ENCODING' });
  });
});

it('verifies a signature over a body that arrives in many chunks', async () => {
  const app = await start();
  const body = Buffer.from(padded(300_000));
  const mac = createHmac('sha256', SECRET).update(body).digest('hex');
  const socket = await connectTo(app.port);
  socket.write(
    head(`Content-Length: ${body.length}`, `X-Hub-Signature-256: sha256=${mac}`, 'Connection: close'),
  );
  for (let at = 0; at < body.length; at += 7919) socket.write(body.subarray(at, at + 7919));
  expect(await receiveAll(socket)).toMatch(/^HTTP\/1\.1 200 /);
});

/** Resolves when the server has received what was written before. */
async function settled(port: number): Promise<void> {
  await fetch(`http://127.0.0.1:${port}/health`);
}
