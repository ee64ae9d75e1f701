import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMetaWebhook } from '#app/channels/meta/webhook.ts';
import { Unavailable } from '#app/domain/errors.ts';
import { oddBody } from '../../fakes/odd-bodies.ts';
import { ENVELOPE, post, type Running, sign, start } from './running-app.ts';

const META = createMetaWebhook({ appSecrets: [], verifyToken: '', alwaysReturnOk: true });
const ROUTES = ['/whatsapp/v2', '/whatsapp_response', '/whatsapp/v2/', '/whatsapp/v2?from=meta'];

describe('POST /whatsapp/v2', () => {
  it.each(ROUTES)('responds 200 to a stored delivery at %s', async (route) => {
    const app = await start();
    const response = await post(app.url + route, ENVELOPE);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await response.json()).toEqual({ success: true, message: 'stored', timestamp: 1_790_000_000 });
    expect(app.accepted).toHaveLength(1);
  });

  it('responds 200 only after the delivery is stored', async () => {
    let finishStoring = (): void => {};
    const stored = new Promise<void>((resolve) => {
      finishStoring = resolve;
    });
    let hasResponded = false;
    const app = await start({
      accept: async () => {
        await stored;
        expect(hasResponded).toBe(false);
        return { stored: 1, known: 0, foreign: 0 };
      },
    });
    const response = post(`${app.url}/whatsapp/v2`, ENVELOPE).then((value) => {
      hasResponded = true;
      return value;
    });
    await fetch(`${app.url}/health`);
    expect(hasResponded).toBe(false);
    finishStoring();
    expect((await response).status).toBe(200);
  });

  it.each([
    ['true', true],
    ['false', false],
  ])(
    'responds 503 with Retry-After when the delivery could not be stored, with ALWAYS_RETURN_OK_TO_META=%s',
    async (_, alwaysReturnOk) => {
      const app = await start({
        alwaysReturnOk,
        accept: async () => {
          throw new Unavailable('disk full', { retryAfterMs: 2500 });
        },
      });
      const response = await post(`${app.url}/whatsapp/v2`, ENVELOPE);
      expect(response.status).toBe(503);
      expect(response.headers.get('retry-after')).toBe('3');
      expect(await response.json()).toMatchObject({ success: false, error_code: 'NOT_STORED' });
      expect(await app.metrics()).toContain('ansari_whatsapp_deliveries_total{outcome="not_stored"} 1');
    },
  );

  it.each(['accept', 'parse'] as const)('responds 503 and logs an error when %s throws', async (where) => {
    const throwBug = () => {
      throw new TypeError('a bug');
    };
    const app = await start(where === 'accept' ? { accept: async () => throwBug() } : { parse: throwBug });
    const response = await post(`${app.url}/whatsapp/v2`, ENVELOPE);
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('5');
    expect(app.logged.filter(({ level }) => level === 'error')).toMatchObject([
      { error: { name: 'TypeError' } },
    ]);
  });

  it.each([
    ['not JSON', '{"entry": [', true, 200],
    ['no envelope', '{"hello": 1}', true, 200],
    ['empty', '', true, 200],
    ['null', 'null', true, 200],
    ['not JSON, strictly', '{"entry": [', false, 400],
    ['no envelope, strictly', '{"hello": 1}', false, 400],
  ])('counts a signed body that is %s', async (_, body, alwaysReturnOk, status) => {
    const app = await start({ alwaysReturnOk });
    const response = await post(`${app.url}/whatsapp/v2`, body);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ success: false, error_code: 'INVALID_PAYLOAD' });
    expect(app.accepted).toEqual([]);
    expect(await app.metrics()).toContain('ansari_whatsapp_deliveries_total{outcome="unreadable"} 1');
  });

  it('logs each kind of rejected delivery once a minute, with a count', async () => {
    let time = 1_790_000_000_000;
    const clock = { now: () => time, sleep: async () => {} };
    const app = await start({
      clock,
      accept: async () => {
        throw new Unavailable('disk full');
      },
    });
    const url = `${app.url}/whatsapp/v2`;
    const all = async () => {
      await fetch(url, { method: 'POST', body: ENVELOPE });
      await fetch(url, { method: 'POST', body: ENVELOPE, headers: { 'x-hub-signature-256': sign('other') } });
      await fetch(url, { method: 'POST', body: ENVELOPE, headers: { 'content-encoding': 'gzip' } });
      await post(url, 'neither JSON');
      await post(url, ENVELOPE);
    };
    const warned = () =>
      app.logged
        .filter(({ level }) => level === 'warn')
        .map(({ event, reason, count }) => [event, reason, count]);
    const lines = (count: number) => [
      ['a delivery was not signed by the platform', 'missing', count],
      ['a delivery was not signed by the platform', 'mismatch', count],
      ['a delivery was refused unread', 'encoded', count],
      ['a signed delivery could not be read', undefined, count],
      ['a delivery could not be stored', undefined, count],
    ];
    for (let times = 0; times < 3; times += 1) await all();
    expect(warned()).toEqual(lines(1));
    time += 60_000;
    await all();
    expect(warned().slice(5)).toEqual(lines(3));
    expect(await app.metrics()).toContain('ansari_whatsapp_deliveries_total{outcome="unsigned"} 8');
  });

  it('logs no part of the body', async () => {
    const app = await start();
    await post(`${app.url}/whatsapp/v2`, '{"text": "a secret sin", "from": "20123456789" oops');
    await post(`${app.url}/whatsapp/v2`, ENVELOPE);
    expect(JSON.stringify(app.logged)).not.toMatch(/sin|oops|hello|20123456789/);
    expect(app.logged).not.toEqual([]);
  });

  it('counts deliveries and signatures', async () => {
    const app = await start();
    await post(`${app.url}/whatsapp/v2`, ENVELOPE);
    const metrics = await app.metrics();
    expect(metrics).toContain('ansari_whatsapp_deliveries_total{outcome="stored"} 1');
    expect(metrics).toContain('ansari_whatsapp_signatures_total{result="good"} 1');
  });
});

describe('signatures', () => {
  const body = '{"entry": ["\\u0623\\u062d\\u0643\\u0627\\u0645 \\/ \\u0040", "é😀"]}';
  const valid = sign(body);

  it.each([
    ['none', undefined],
    ['empty', ''],
    ['of SHA-1', valid.replace('sha256', 'sha1')],
    ['one digit short', valid.slice(0, -1)],
    ['one digit long', `${valid}0`],
    ['not hexadecimal', valid.replace(/.$/, 'g')],
    ['of another secret', sign(body, 'another')],
    ['over the reserialised body', sign(JSON.stringify(JSON.parse(body)))],
  ])('refuses %s with 403', async (_, signature) => {
    const app = await start();
    const response = await fetch(`${app.url}/whatsapp/v2`, {
      method: 'POST',
      body,
      ...(signature === undefined ? {} : { headers: { 'x-hub-signature-256': signature } }),
    });
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ success: false, error_code: 'INVALID_SIGNATURE' });
    expect(app.accepted).toEqual([]);
    expect(await app.metrics()).toContain('ansari_whatsapp_signatures_total{result="bad"} 1');
  });

  it('are refused when there are two', async () => {
    const app = await start();
    const headers = new Headers({ 'x-hub-signature-256': valid });
    headers.append('x-hub-signature-256', valid);
    expect((await fetch(`${app.url}/whatsapp/v2`, { method: 'POST', body, headers })).status).toBe(403);
  });

  it.each(ROUTES)('are required at %s', async (route) => {
    const app = await start();
    const response = await post(app.url + route, ENVELOPE, {
      'x-hub-signature-256': sign(ENVELOPE, 'another'),
    });
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ error_code: 'INVALID_SIGNATURE' });
  });

  it('are verified over the raw bytes', async () => {
    const app = await start();
    expect((await post(`${app.url}/whatsapp/v2`, body)).status).toBe(200);
    expect(
      (
        await post(`${app.url}/whatsapp/v2`, body, {
          'x-hub-signature-256': valid.toUpperCase().replace('SHA', 'sha'),
        })
      ).status,
    ).toBe(200);
  });
});

describe('signed bodies of any shape', () => {
  it('cause no error and no prototype pollution', async () => {
    const app: Running = await start({ parse: META.parse });
    await fc.assert(
      fc.asyncProperty(oddBody, async (body) => {
        const response = await post(`${app.url}/whatsapp/v2`, body);
        await response.arrayBuffer();
        expect(response.status).toBe(200);
        expect('polluted' in {}).toBe(false);
      }),
      { numRuns: 300 },
    );
  });
});
