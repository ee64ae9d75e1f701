import { createHmac } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { toAll } from '#app/hand-offs/all.ts';
import { createWebhookHandOffs } from '#app/hand-offs/webhook.ts';
import { type FakeServer, fakeServer } from '../../fakes/http-server.ts';
import { realClock as clock } from '../../fakes/real-clock.ts';
import { handOffEvent, PAYLOAD } from './event.ts';

const SECRET = 'a-secret-of-the-bridge';
const never = new AbortController().signal;
let server: FakeServer;
afterEach(() => server.close());

async function webhookTo(answer: (res: ServerResponse) => unknown, path = '/hand-offs') {
  server = await fakeServer(answer);
  return createWebhookHandOffs({ url: `${server.url}${path}`, secret: SECRET, clock });
}

describe('the webhook of hand-offs', () => {
  it.each([200, 201, 202, 204])('posts signed JSON, which a response of %i accepts', async (status) => {
    const webhook = await webhookTo((res) => res.writeHead(status).end());
    await webhook.deliver(handOffEvent(), never);
    const [{ method, url, headers, body } = expect.fail('nothing arrived')] = server.seen;
    expect({ method, url, type: headers['content-type'] }).toEqual({
      ...{ method: 'POST', url: '/hand-offs', type: 'application/json' },
    });
    const signature = createHmac('sha256', SECRET).update(body).digest('hex');
    expect(headers['x-signature-256']).toBe(`sha256=${signature}`);
    expect(JSON.parse(body)).toEqual(PAYLOAD);
  });

  it('leaves out what is not known', async () => {
    const webhook = await webhookTo((res) => res.end());
    const {
      language: _,
      reason: __,
      ...event
    } = handOffEvent({ event: 'message', person: { phone: '1555' } });
    await webhook.deliver(event, never);
    const { language: ___, reason: ____, ...payload } = PAYLOAD;
    expect(JSON.parse(server.seen[0]?.body ?? '')).toEqual({
      ...{ ...payload, event: 'message', person: { phone: '1555' } },
    });
  });

  it.each([301, 400, 401, 404, 429, 500, 503])('takes %i for not delivered', async (status) => {
    const webhook = await webhookTo((res) => res.writeHead(status, { location: '/' }).end());
    await expect(webhook.deliver(handOffEvent(), never)).rejects.toMatchObject({
      ...{ name: 'Unavailable', scope: 'app', alarm: 'hand-off-undelivered', code: `http-${status}` },
    });
    expect(server.seen).toHaveLength(1);
  });

  it('takes a broken connection for not delivered, and names no address and no text', async () => {
    const webhook = await webhookTo((res) => res.destroy());
    const error = await webhook.deliver(handOffEvent(), never).catch((error: unknown) => error);
    expect(error).toMatchObject({ name: 'Unavailable', scope: 'app', alarm: 'hand-off-undelivered' });
    const { message, cause } = error as Error;
    expect(`${message} ${cause}`).not.toMatch(/127\.0\.0\.1|Hello|1555|scholar/);
  });

  it('ends with the reason of its signal', async () => {
    const leaving = new AbortController();
    const webhook = await webhookTo(() => leaving.abort(new Error('leaving')));
    await expect(webhook.deliver(handOffEvent(), leaving.signal)).rejects.toThrow('leaving');
  });

  it('cuts a text that no queue takes, between characters', async () => {
    const webhook = await webhookTo((res) => res.end());
    await webhook.deliver(handOffEvent({ text: '😀'.repeat(200_000) }), never);
    const { text } = JSON.parse(server.seen[0]?.body ?? '');
    expect(text).toMatch(/^(😀)+…$/u);
    expect(Buffer.byteLength(server.seen[0]?.body ?? '')).toBeLessThan(256 * 1024);
  });
});

describe('several places', () => {
  it('all get an event, and a failure of one is thrown', async () => {
    const webhook = await webhookTo((res) => res.end());
    const broken = { deliver: () => Promise.reject(new Error('broken')) };
    await expect(toAll([broken, webhook]).deliver(handOffEvent(), never)).rejects.toThrow('broken');
    await toAll([webhook, webhook]).deliver(handOffEvent(), never);
    expect(server.seen).toHaveLength(3);
    await toAll([]).deliver(handOffEvent(), never);
  });
});
