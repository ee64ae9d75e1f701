import { createPrivateKey } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import tls from 'node:tls';
import got from 'got';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { RateLimits } from '#app/channels/meta/rate-limits.ts';
import { createMetaChannel } from '#app/channels/meta/send.ts';
import { Unavailable, Unknown } from '#app/domain/errors.ts';
import { businessWith } from '../../../fakes/messages.ts';
import { realClock } from '../../../fakes/real-clock.ts';

const cert = readFileSync('test/fixtures/tls/certificate.pem', 'utf8');
const jwk = z
  .record(z.string(), z.string())
  .parse(JSON.parse(readFileSync('test/fixtures/tls/key.jwk.json', 'utf8')));
const key = createPrivateKey({ key: jwk, format: 'jwk' }).export({ type: 'pkcs8', format: 'pem' });

const business = businessWith({ number: '100000000000001', token: 'secret-token' });
const answer = '{"messages":[{"id":"wamid.1"}]}';

let close = () => {};
afterEach(() => close());

async function listen(server: net.Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  close = () => server.close();
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `https://127.0.0.1:${address.port}`;
}

/** Responds to the first `answers` requests of a connection and resets it at the next. */
function graph(answers: number): tls.Server {
  return tls.createServer({ cert, key }, (socket) => {
    let remaining = answers;
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      if (!chunk.toString().endsWith('}')) return;
      if (remaining === 0) socket.destroy();
      else socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${answer.length}\r\n\r\n${answer}`);
      remaining -= 1;
    });
  });
}

function channelTo(apiUrl: string, trusted: boolean) {
  const http = trusted ? got.extend({ https: { certificateAuthority: cert } }) : got;
  const channel = createMetaChannel({
    apiUrl,
    apiVersion: 'v25.0',
    rateLimits: new RateLimits({ clock: realClock }),
    clock: realClock,
    timeouts: { connectMs: 1000, totalMs: 1000 },
    http,
  });
  const part = { text: 'a', key: 'b', isRepeat: false };
  const send = () => channel.send(business, { phone: '15550001111' }, part);
  return { send, failure: () => send().catch((error: unknown) => error) };
}

describe('send over TLS', () => {
  it('is Unavailable when the certificate is not trusted', async () => {
    const error = await channelTo(await listen(graph(1)), false).failure();
    expect(error).toBeInstanceOf(Unavailable);
    expect(error).toMatchObject({ message: expect.stringContaining('DEPTH_ZERO_SELF_SIGNED_CERT') });
  });

  it('is Unavailable when the server closes during the handshake', async () => {
    const server = net.createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.resetAndDestroy());
    });
    expect(await channelTo(await listen(server), true).failure()).toBeInstanceOf(Unavailable);
  });

  it('is Unknown when the connection breaks after the handshake', async () => {
    expect(await channelTo(await listen(graph(0)), true).failure()).toBeInstanceOf(Unknown);
  });

  it('is Unknown when a keep-alive connection breaks', async () => {
    const { send, failure } = channelTo(await listen(graph(1)), true);
    expect(await send()).toBe('wamid.1');
    expect(await failure()).toBeInstanceOf(Unknown);
  });
});
