import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { RateLimits } from '#app/channels/meta/rate-limits.ts';
import { createMetaChannel, type MetaChannelOptions } from '#app/channels/meta/send.ts';
import { Refused, Unavailable, Unknown } from '#app/domain/errors.ts';
import type { Person } from '#app/domain/message.ts';
import { TEMPLATE } from '#app/domain/template.ts';
import type { BusinessSettings } from '#app/ports/businesses.ts';
import { businessWith } from '../../../fakes/messages.ts';
import { realClock } from '../../../fakes/real-clock.ts';

const business = businessWith({ number: '100000000000001', token: 'secret-token' });
const person: Person = { phone: '15550001111' };
const part = { text: 'the private answer', key: 'turn-1:0', isRepeat: false };
const signal = new AbortController().signal;

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function listen(server: net.Server): Promise<string> {
  const sockets = new Set<net.Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket.on('error', () => {}));
  });
  closing.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}`;
}

interface ReceivedRequest {
  method: string | undefined;
  url: string | undefined;
  headers: http.IncomingHttpHeaders;
  body: unknown;
}

/** A Graph API that responds to every call in the same way and records the requests. */
async function graph(status: number, body: string, headers: http.OutgoingHttpHeaders = {}) {
  const requests: ReceivedRequest[] = [];
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method, url, headers: requestHeaders } = request;
    requests.push({
      method,
      url,
      headers: requestHeaders,
      body: JSON.parse(Buffer.concat(chunks).toString()),
    });
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
  });
  return { url: await listen(server), requests };
}

/** A TCP server. `onStart` is called at the first bytes of a request, `onEnd` at the last. */
async function raw(behave: { onStart?: (socket: net.Socket) => void; onEnd?: (socket: net.Socket) => void }) {
  return listen(
    net.createServer((socket) => {
      let text = '';
      socket.on('data', (chunk) => {
        if (text === '') behave.onStart?.(socket);
        text += chunk.toString();
        if (text.endsWith('}')) behave.onEnd?.(socket);
      });
    }),
  );
}

function channelTo(apiUrl: string, options: Partial<MetaChannelOptions> = {}) {
  const rateLimits = new RateLimits({ clock: realClock });
  const timeouts = { connectMs: 5000, totalMs: 5000 };
  return createMetaChannel({
    apiUrl,
    apiVersion: 'v25.0',
    rateLimits,
    clock: realClock,
    timeouts,
    ...options,
  });
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => `it returned ${value}`,
    (error: unknown) => error,
  );
}

function graphError(code: number, more: object = {}): string {
  return JSON.stringify({
    error: { message: '(#1) 15550001111 said so', type: 'OAuthException', code, ...more },
  });
}

/** For a server that hangs. */
const shortTimeouts = { connectMs: 500, totalMs: 500 };

const accepted = JSON.stringify({ messaging_product: 'whatsapp', messages: [{ id: 'wamid.1' }] });

describe('send', () => {
  it('posts the part with its key and returns the id', async () => {
    const { url, requests } = await graph(200, accepted);
    expect(await channelTo(`${url}/`).send(business, person, part)).toBe('wamid.1');
    expect(requests).toMatchObject([
      {
        method: 'POST',
        url: '/v25.0/100000000000001/messages',
        headers: { authorization: 'Bearer secret-token', 'content-type': 'application/json' },
      },
    ]);
    expect(requests[0]?.body).toEqual({
      messaging_product: 'whatsapp',
      recipient_type: 'individual',
      to: '15550001111',
      type: 'text',
      text: { body: 'the private answer', preview_url: false },
      biz_opaque_callback_data: 'turn-1:0',
    });
  });

  it.each<[string, Person, object]>([
    ['a user id as recipient', { userId: 'US.1' }, { recipient: 'US.1' }],
    ['the phone when both are known', { phone: '15550001111', userId: 'US.1' }, { to: '15550001111' }],
  ])('sends to %s', async (_, to, expected) => {
    const { url, requests } = await graph(200, accepted);
    await channelTo(url).send(business, to, part);
    const body = requests[0]?.body;
    expect(body).toMatchObject(expected);
    expect(Object.keys(body ?? {}).filter((key) => key === 'to' || key === 'recipient')).toHaveLength(1);
  });

  it('refuses a person without identity', async () => {
    expect(await failureOf(channelTo('http://127.0.0.1:1').send(business, {}, part))).toBeInstanceOf(Refused);
  });

  it('quotes the message that the part replies to', async () => {
    const { url, requests } = await graph(200, accepted);
    await channelTo(url).send(business, person, { ...part, replyTo: 'wamid.question' });
    expect(requests[0]?.body).toMatchObject({
      context: { message_id: 'wamid.question' },
      type: 'text',
      text: { body: part.text },
    });
  });

  it.each<[string, BusinessSettings, string, string]>([
    ['the deployment', {}, 'answer_ready', 'en_US'],
    ['the business', { template: 'own_words/ar' }, 'own_words', 'ar'],
  ])('sends the template of %s, with its key', async (_case, settings, name, code) => {
    const { url, requests } = await graph(200, accepted);
    const channel = channelTo(url, { template: 'answer_ready/en_US' });
    const own = { ...business, settings };
    expect(channel.hasTemplate(own)).toBe(true);
    expect(await channel.send(own, person, { ...part, text: TEMPLATE })).toBe('wamid.1');
    expect(requests[0]?.body).toEqual({
      messaging_product: 'whatsapp',
      recipient_type: 'individual',
      to: '15550001111',
      type: 'template',
      template: { name, language: { code } },
      biz_opaque_callback_data: 'turn-1:0',
    });
  });

  it.each<BusinessSettings>([{}, { template: `HX${'0'.repeat(32)}` }])(
    'has no template with the settings %o, and sends none as text',
    async (settings) => {
      const { url, requests } = await graph(200, accepted);
      const own = { ...business, settings };
      expect(channelTo(url).hasTemplate(own)).toBe(false);
      const refused = await failureOf(channelTo(url).send(own, person, { ...part, text: TEMPLATE }));
      expect(refused).toBeInstanceOf(Refused);
      expect(requests).toEqual([]);
    },
  );

  it('sends Arabic and emoji unchanged', async () => {
    const { url, requests } = await graph(200, accepted);
    await channelTo(url).send(business, person, { ...part, text: 'السلام عليكم 🤲🏽' });
    expect(requests[0]?.body).toMatchObject({ text: { body: 'السلام عليكم 🤲🏽' } });
  });

  it('escapes the number in the path', async () => {
    const { url, requests } = await graph(200, accepted);
    await channelTo(url).send({ ...business, number: '../1?a#b' }, person, part);
    expect(requests[0]?.url).toBe('/v25.0/..%2F1%3Fa%23b/messages');
  });

  it('reuses its connection for the next part', async () => {
    let connections = 0;
    const server = http.createServer((request, response) => {
      request.resume().on('end', () => response.end(accepted));
    });
    const url = await listen(server.on('connection', () => (connections += 1)));
    const channel = channelTo(url);
    await channel.send(business, person, part);
    await channel.send(business, person, part);
    expect(connections).toBe(1);
  });
});

describe('send, when nothing was sent', () => {
  it('is Unavailable when the connection is refused', async () => {
    const url = await listen(net.createServer());
    for (const close of closing.splice(0)) close();
    const error = await failureOf(channelTo(url).send(business, person, part));
    expect(error).toBeInstanceOf(Unavailable);
    expect(error).toMatchObject({ message: expect.stringContaining('ECONNREFUSED'), scope: 'app' });
  });

  it('is Unavailable when the name does not resolve', async () => {
    const error = await failureOf(
      channelTo('http://graph.invalid', { timeouts: shortTimeouts }).send(business, person, part),
    );
    expect(error).toBeInstanceOf(Unavailable);
  });
});

describe('send, when the outcome is unknown', () => {
  const half =
    'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"messages":[{"id":';
  const page = '<html>Bad gateway</html>';

  it.each([
    ['reset at the first bytes', { onStart: (socket: net.Socket) => socket.resetAndDestroy() }],
    ['reset after reading', { onEnd: (socket: net.Socket) => socket.resetAndDestroy() }],
    ['end without a response', { onEnd: (socket: net.Socket) => socket.end() }],
    ['never respond', {}],
    [
      'send half a response and reset',
      { onEnd: (socket: net.Socket) => socket.write(half, () => socket.resetAndDestroy()) },
    ],
    ['send half a response and end', { onEnd: (socket: net.Socket) => socket.end(half) }],
    ['send half a response and hang', { onEnd: (socket: net.Socket) => socket.write(half) }],
    ['send something other than HTTP', { onEnd: (socket: net.Socket) => socket.end('hello\r\n\r\n') }],
  ])('is Unknown when Meta would %s', async (_, behave) => {
    const channel = channelTo(await raw(behave), { timeouts: shortTimeouts });
    expect(await failureOf(channel.send(business, person, part))).toBeInstanceOf(Unknown);
  });

  it.each([
    [200, 'garbage'],
    [200, ''],
    [200, '{"messages":[]}'],
    [200, '{"messages":[{"id":7}]}'],
    [200, `{"messages":[{"id":"${'x'.repeat(100_000)}"}]}`],
    [500, page],
    [502, page],
    [503, '{}'],
    [504, ''],
    [500, graphError(999_999)],
    [408, page],
  ])('is Unknown after HTTP %i with %.40s', async (status, body) => {
    const { url } = await graph(status, body);
    expect(await failureOf(channelTo(url).send(business, person, part))).toBeInstanceOf(Unknown);
  });

  it('is Unknown when a keep-alive connection is reset', async () => {
    let answered = false;
    const url = await raw({
      onEnd: (socket) => {
        if (answered) socket.resetAndDestroy();
        else socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${accepted.length}\r\n\r\n${accepted}`);
        answered = true;
      },
    });
    const channel = channelTo(url);
    await channel.send(business, person, part);
    expect(await failureOf(channel.send(business, person, part))).toBeInstanceOf(Unknown);
  });
});

describe('send, when Graph rejects it', () => {
  it.each([
    [400, 131047, Refused, { code: 'outside-window' }],
    [404, 132001, Refused, { code: '132001', message: expect.stringContaining('META_TEMPLATE') }],
    [500, 131000, Unavailable, { code: '131000', scope: 'turn' }],
    [400, 131056, Unavailable, { code: '131056', scope: 'pair', retryAfterMs: 1000 }],
    [400, 130429, Unavailable, { code: '130429', scope: 'number', retryAfterMs: 1000 }],
    [400, 80007, Unavailable, { code: '80007', scope: 'account' }],
    [400, 4, Unavailable, { code: '4', scope: 'app' }],
    [401, 190, Unavailable, { code: '190', scope: 'number' }],
    [401, 0, Unavailable, { code: '190', scope: 'number' }],
    [200, 131000, Unavailable, { code: '131000' }],
    [500, 3, Refused, { code: '3' }],
  ])('maps HTTP %i, code %i', async (status, code, kind, like) => {
    const { url } = await graph(status, graphError(code, { error_subcode: 33, fbtrace_id: 'AbC-1' }));
    const error = await failureOf(channelTo(url).send(business, person, part));
    expect(error).toBeInstanceOf(kind);
    expect(error).toMatchObject(like);
    const cause = `HTTP ${status}, code ${code}, subcode 33, trace AbC-1`;
    expect(error).toMatchObject({ cause: { message: cause } });
  });

  it('honours Retry-After in seconds and as a date, up to an hour', async () => {
    const waits: unknown[] = [];
    const now = 1_760_000_000_000;
    for (const retryAfter of ['7', new Date(now + 9000).toUTCString(), '99999', 'soon', '-5']) {
      const { url } = await graph(429, '', { 'retry-after': retryAfter });
      const channel = channelTo(url, { clock: { now: () => now } });
      const error = await failureOf(channel.send(business, person, part));
      waits.push(error instanceof Unavailable && error.scope === 'number' && error.retryAfterMs);
    }
    expect(waits).toEqual([7000, 9000, 3_600_000, 1000, 1000]);
  });

  it('does not send again before Retry-After', async () => {
    const { url, requests } = await graph(400, graphError(80007), { 'retry-after': '30' });
    const channel = channelTo(url);
    await failureOf(channel.send(business, person, part));
    const error = await failureOf(channel.send(business, { userId: 'US.1' }, part));
    expect(error).toMatchObject({ name: 'Unavailable', scope: 'account', code: '80007' });
    expect(await failureOf(channel.showTyping(business, 'wamid.0', signal))).toBeInstanceOf(Unavailable);
    expect(requests).toHaveLength(1);
  });

  it('starts again at one second for a pair after a part was accepted', async () => {
    const { url: full } = await graph(400, graphError(131056));
    const { url: free } = await graph(200, accepted);
    const time = { now: 0 };
    const rateLimits = new RateLimits({ clock: { ...realClock, now: () => time.now } });
    const waits: unknown[] = [];
    for (const url of [full, full, free, full]) {
      const outcome = await failureOf(channelTo(url, { rateLimits }).send(business, person, part));
      waits.push(outcome instanceof Unavailable ? outcome.retryAfterMs : outcome);
      time.now += 20_000;
    }
    expect(waits).toEqual([1000, 4000, 'it returned wamid.1', 1000]);
  });

  it('does not follow a redirect, which would receive the token', async () => {
    const { url: elsewhere, requests } = await graph(200, accepted);
    const { url } = await graph(307, '', { location: elsewhere });
    expect(await failureOf(channelTo(url).send(business, person, part))).toBeInstanceOf(Unavailable);
    expect(requests).toEqual([]);
  });

  it('does not retry by itself', async () => {
    const { url, requests } = await graph(503, '');
    await failureOf(channelTo(url).send(business, person, part));
    expect(requests).toHaveLength(1);
  });
});

describe('errors of send', () => {
  it.each([
    ['Graph refuses', async () => (await graph(400, graphError(131047))).url],
    ['Graph is throttled', async () => (await graph(400, graphError(131056))).url],
    ['Meta returns an invalid response', async () => (await graph(200, 'the private answer')).url],
    ['Meta hangs', async () => raw({})],
    ['Meta resets', async () => raw({ onEnd: (socket) => socket.resetAndDestroy() })],
    ['Meta is unreachable', async () => 'http://127.0.0.1:1'],
  ])('contain no token, text or number when %s', async (_, start) => {
    const channel = channelTo(await start(), { timeouts: shortTimeouts });
    const error = await failureOf(channel.send(business, person, part));
    expect(error).toBeInstanceOf(Error);
    const all = inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true, maxStringLength: null });
    for (const secret of ['secret-token', 'private answer', '15550001111']) expect(all).not.toContain(secret);
  });
});

describe('showTyping', () => {
  it('marks the message as read and shows typing', async () => {
    const { url, requests } = await graph(200, '{"success":true}');
    await channelTo(url).showTyping(business, 'wamid.0', signal);
    expect(requests[0]).toMatchObject({ method: 'POST', url: '/v25.0/100000000000001/messages' });
    expect(requests[0]?.body).toEqual({
      messaging_product: 'whatsapp',
      status: 'read',
      message_id: 'wamid.0',
      typing_indicator: { type: 'text' },
    });
  });

  it('sends nothing when the turn has already ended', async () => {
    const { url, requests } = await graph(200, '{"success":true}');
    const stopped = channelTo(url).showTyping(business, 'wamid.0', AbortSignal.abort());
    expect(await failureOf(stopped)).toMatchObject({ name: 'Unavailable', scope: 'turn' });
    expect(requests).toEqual([]);
  });

  it('rejects when the turn ends', async () => {
    const stop = new AbortController();
    const url = await raw({ onEnd: () => stop.abort() });
    const stopped = channelTo(url).showTyping(business, 'wamid.0', stop.signal);
    expect(await failureOf(stopped)).toBeInstanceOf(Unknown);
  });

  it('throws the same errors as send', async () => {
    const { url } = await graph(400, graphError(100));
    expect(await failureOf(channelTo(url).showTyping(business, 'wamid.0', signal))).toBeInstanceOf(Refused);
  });

  it('does not count against the limit of a pair', async () => {
    const { url } = await graph(200, accepted);
    const channel = channelTo(url, { rateLimits: new RateLimits({ clock: realClock, pairBurst: 1 }) });
    for (let again = 0; again < 5; again += 1) await channel.showTyping(business, 'wamid.0', signal);
    expect(await channel.send(business, person, part)).toBe('wamid.1');
  });
});
