import { describe, expect, it } from 'vitest';
import { Unavailable } from '#app/domain/errors.ts';
import { CACHE, start } from './running-app.ts';

describe('the state of the process', () => {
  it('GET / responds without a check of dependencies', async () => {
    const app = await start({ ready: () => Promise.reject(new Error('must not be called')) });
    const response = await fetch(app.url);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ status: 'ok', version: '1.2.3', timestamp: 1_790_000_000 });
  });

  it('GET /health reports that the process is alive', async () => {
    const app = await start({ ready: () => Promise.reject(new Error('must not be called')) });
    const response = await fetch(`${app.url}/health`);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ status: 'healthy', timestamp: 1_790_000_000 });
  });

  it('GET /ready is 200 when all dependencies are available', async () => {
    const app = await start();
    const response = await fetch(`${app.url}/ready`);
    expect([response.status, await response.json()]).toEqual([
      200,
      { ready: true, timestamp: 1_790_000_000 },
    ]);
  });

  it('GET /ready is 503 with the reason when one is not', async () => {
    const app = await start({ ready: () => Promise.reject(new Unavailable('the store is locked')) });
    const response = await fetch(`${app.url}/ready`);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ ready: false, reason: 'the store is locked' });
  });

  it('GET /ready does not reveal messages of unexpected errors', async () => {
    const app = await start({ ready: () => Promise.reject(new Error('at 10.0.0.7 with password x')) });
    const response = await fetch(`${app.url}/ready`);
    expect(await response.json()).toMatchObject({ reason: 'an unexpected error; see the log' });
  });

  it('GET /ready has a time limit', async () => {
    const clock = { now: () => 0, sleep: async () => {} };
    const app = await start({ clock, ready: () => new Promise(() => {}) });
    const response = await fetch(`${app.url}/ready`);
    expect(response.status).toBe(503);
    expect(await response.text()).toContain('within 2000 ms');
  });
});

describe('GET /metrics', () => {
  it('is Prometheus text', async () => {
    const app = await start();
    const response = await fetch(`${app.url}/metrics`);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await response.text()).toContain('# TYPE ansari_whatsapp_deliveries_total counter');
  });

  it('is Prometheus text for a scraper', async () => {
    const app = await start();
    const accept =
      'application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';
    const response = await fetch(`${app.url}/metrics`, { headers: { accept } });
    expect(response.headers.get('content-type')).toContain('text/plain');
  });

  it('is JSON with Accept: application/json', async () => {
    const app = await start();
    const response = await fetch(`${app.url}/metrics`, { headers: { accept: 'application/json' } });
    expect(await response.json()).toEqual({
      cache: {
        ...{ size: 2, max_size: 1000, ttl_seconds: 300 },
        ...{ hits: 6, misses: 2, hit_rate: 0.75, negative: 3, stale: 1, evictions: 4, failures: 5 },
      },
      connection_pool: { max_pool_size: 100, min_pool_size: 10, in_use: 3, available: 8 },
      timestamp: 1_790_000_000,
    });
  });
});

describe('GET /metrics with a token', () => {
  it.each(['text/plain', 'application/json'])('requires the token: %s', async (accept) => {
    const app = await start({ metricsToken: 'a-token-for-the-scraper' });
    const get = (authorization: string) =>
      fetch(`${app.url}/metrics`, { headers: { accept, authorization } });
    expect((await get('Bearer a-token-for-the-scraper')).status).toBe(200);
    for (const authorization of ['', 'Bearer a-token-for-the-scrapes', 'Basic a-token-for-the-scraper']) {
      const refused = await get(authorization);
      expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
      expect(await refused.text()).not.toContain('ansari_whatsapp');
    }
    expect(app.logged.filter(({ level }) => level === 'warn')).toMatchObject([{ what: 'metrics', count: 1 }]);
  });

  it('does not affect the other routes', async () => {
    const app = await start({ metricsToken: 'a-token-for-the-scraper' });
    for (const route of ['/', '/health', '/ready']) expect((await fetch(app.url + route)).status).toBe(200);
  });
});

describe('every response', () => {
  it.each([
    ['GET', '/'],
    ['GET', '/metrics'],
    ['GET', '/whatsapp/v2'],
    ['POST', '/whatsapp/v2'],
    ['POST', '/whatsapp/v2/'],
    ['GET', '/nothing'],
    ['PUT', '/health'],
    ['OPTIONS', '/health'],
  ])('has X-Content-Type-Options: nosniff: %s %s', async (method, route) => {
    const app = await start();
    const response = await fetch(app.url + route, { method });
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });
});

describe('the admin routes', () => {
  const ROUTES = [
    ['POST', '/admin/cache/clear', '3 businesses forgotten'],
    ['POST', '/admin/cache/warmup', '2 businesses remembered'],
    ['DELETE', '/admin/cache/1', 'forgotten'],
    ['DELETE', '/admin/cache/2', 'was not remembered'],
  ] as const;

  it.each(ROUTES)('%s %s works with the admin token', async (method, route, message) => {
    const app = await start({ adminToken: 'open-sesame' });
    const headers = { authorization: 'Bearer open-sesame' };
    const response = await fetch(app.url + route, { method, headers });
    expect([response.status, await response.json()]).toEqual([
      200,
      { success: true, message, timestamp: 1_790_000_000 },
    ]);
  });

  it.each(ROUTES)('%s %s is 401 without it', async (method, route) => {
    const app = await start({ adminToken: 'open-sesame' });
    for (const authorization of ['', 'Bearer wrong', 'Basic open-sesame', 'Bearer', 'open-sesame']) {
      const response = await fetch(app.url + route, { method, headers: { authorization } });
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toBe('Bearer');
      expect(await response.json()).toMatchObject({ success: false, error_code: 'UNAUTHORIZED' });
    }
  });

  it.each([
    ['POST', '/admin/cache/clear', 5],
    ['POST', '/admin/cache/warmup', 5],
    ['DELETE', '/admin/cache/1', 60],
  ])('%s %s is limited to some calls in a minute', async (method, route, perMinute) => {
    let now = 1_790_000_000_000;
    const app = await start({
      adminToken: 'x',
      clock: { now: () => now, sleep: () => new Promise(() => {}) },
    });
    const call = () => fetch(app.url + route, { method, headers: { authorization: 'Bearer x' } });
    for (let count = 0; count < perMinute; count += 1) expect((await call()).status).toBe(200);
    const refused = await call();
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, `${60 / perMinute}`]);
    expect(await refused.json()).toEqual({
      success: false,
      message: `at most ${perMinute} in a minute`,
      timestamp: 1_790_000_000,
      error_code: 'TOO_MANY_REQUESTS',
    });
    now += 60_000 / perMinute;
    expect((await call()).status).toBe(200);
  });

  it('have a limit each', async () => {
    const app = await start({ adminToken: 'x' });
    const call = (route: string) =>
      fetch(app.url + route, { method: 'POST', headers: { authorization: 'Bearer x' } });
    for (let count = 0; count < 6; count += 1) await call('/admin/cache/clear');
    expect((await call('/admin/cache/warmup')).status).toBe(200);
  });

  it('limit wrong tokens, and never lock the right one out', async () => {
    const app = await start({ adminToken: 'right' });
    const call = (token: string) =>
      fetch(`${app.url}/admin/cache/clear`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
      });
    const wrong: number[] = [];
    for (let count = 0; count < 12; count += 1) wrong.push((await call('wrong')).status);
    expect(wrong).toEqual([...Array(10).fill(401), 429, 429]);
    expect((await call('right')).status).toBe(200);
  });

  it('log each call, with the hash of the number', async () => {
    const app = await start({ adminToken: 'x' });
    const headers = { authorization: 'Bearer x' };
    for (const [method, route] of ROUTES) await fetch(app.url + route, { method, headers });
    expect(app.logged.filter(({ level }) => level === 'info')).toMatchObject([
      { event: 'business cache cleared', count: 3 },
      { event: 'business cache warmed', count: 2 },
      { event: 'business removed from the cache', who: 'hash of 1', count: 1 },
      { event: 'business removed from the cache', who: 'hash of 2', count: 0 },
    ]);
  });

  it('accept a token of several words', async () => {
    const app = await start({ adminToken: 'open sesame' });
    const headers = { authorization: 'Bearer open sesame' };
    const response = await fetch(`${app.url}/admin/cache/clear`, { method: 'POST', headers });
    expect(response.status).toBe(200);
  });

  it.each(ROUTES)('%s %s is 404 when there is no admin token', async (method, route) => {
    const app = await start();
    const response = await fetch(app.url + route, { method, headers: { authorization: 'Bearer undefined' } });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error_code: 'NOT_FOUND' });
  });
});

describe('an unknown path or method', () => {
  it.each([
    ['GET', '/nothing'],
    ['POST', '/nothing'],
    ['OPTIONS', '/nothing'],
    ['GET', '/%E0%A4%A'],
    ['GET', '/whatsapp/v2/more'],
    ['GET', '/admin/cache/clear'],
  ])('%s %s is 404', async (method, route) => {
    const app = await start();
    const response = await fetch(app.url + route, { method });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ success: false, error_code: 'NOT_FOUND' });
  });

  it.each([
    ['PUT', '/whatsapp/v2', 'HEAD, GET, POST'],
    ['DELETE', '/whatsapp_response', 'HEAD, GET, POST'],
    ['POST', '/health', 'HEAD, GET'],
    ['PATCH', '/', 'HEAD, GET'],
  ])('%s %s is 405 and names the methods', async (method, route, allowed) => {
    const app = await start();
    const response = await fetch(app.url + route, { method });
    expect([response.status, response.headers.get('allow')]).toEqual([405, allowed]);
    expect(await response.json()).toMatchObject({ success: false, error_code: 'METHOD_NOT_ALLOWED' });
  });

  it('OPTIONS names the methods', async () => {
    const app = await start();
    const response = await fetch(`${app.url}/whatsapp/v2`, { method: 'OPTIONS' });
    expect([response.status, response.headers.get('allow')]).toEqual([200, 'HEAD, GET, POST']);
  });

  it.each(['/', '/health', '/ready', '/metrics'])('HEAD %s is GET without the body', async (route) => {
    const app = await start();
    const response = await fetch(app.url + route, { method: 'HEAD' });
    expect([response.status, await response.text()]).toEqual([200, '']);
  });

  it('an undecodable path parameter is a client error', async () => {
    const app = await start({ adminToken: 'x' });
    const headers = { authorization: 'Bearer x' };
    const response = await fetch(`${app.url}/admin/cache/%E0%A4%A`, { method: 'DELETE', headers });
    expect(response.status).toBeLessThan(500);
  });
});

describe('CORS', () => {
  const preflight = (url: string, origin: string, route = '/health', requestedMethod = 'GET') =>
    fetch(url + route, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': requestedMethod },
    });

  it('allows the listed origins', async () => {
    const app = await start();
    const response = await preflight(app.url, 'https://example.org');
    expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([
      204,
      'https://example.org',
    ]);
    const request = await fetch(`${app.url}/health`, { headers: { origin: 'https://example.org' } });
    expect(request.headers.get('access-control-allow-origin')).toBe('https://example.org');
    expect(request.headers.get('vary')).toContain('Origin');
  });

  it.each([
    ['/health', 'GET', 'HEAD,GET'],
    ['/whatsapp/v2', 'POST', 'HEAD,GET,POST'],
    ['/admin/cache/1', 'DELETE', 'DELETE'],
    ['/health', 'DELETE', null],
    ['/admin', 'GET', null],
    ['/nothing', 'GET', null],
  ])('responds to a preflight only for routes that exist: %s %s', async (route, method, methods) => {
    const app = await start({ adminToken: 'open-sesame' });
    const { headers } = await preflight(app.url, 'https://example.org', route, method);
    expect(headers.get('access-control-allow-methods')).toBe(methods);
    expect(headers.has('access-control-allow-origin')).toBe(methods !== null);
  });

  it('does not apply to the admin routes when they do not exist', async () => {
    const app = await start();
    const { status, headers } = await preflight(app.url, 'https://example.org', '/admin/cache/clear', 'POST');
    expect([status, headers.get('access-control-allow-origin')]).toEqual([404, null]);
  });

  it('allows no other origin', async () => {
    const app = await start();
    const response = await preflight(app.url, 'https://example.com');
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('errors', () => {
  it('become a 500 without their message, and a log line', async () => {
    const clear = () => Promise.reject(new Error('mongodb://user:password@host is down'));
    const cache = { ...CACHE, clear };
    const app = await start({ adminToken: 'x', cache });
    const headers = { authorization: 'Bearer x' };
    const response = await fetch(`${app.url}/admin/cache/clear`, { method: 'POST', headers });
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({
      message: 'an unexpected error',
      error_code: 'INTERNAL_ERROR',
    });
    expect(app.logged.find(({ level }) => level === 'error')).toMatchObject({ path: '/admin/cache/clear' });
    expect(JSON.stringify(app.logged)).not.toContain('password');
  });

  it('of type Unavailable become a 503', async () => {
    const cache = { ...CACHE, clear: () => Promise.reject(new Unavailable('later')) };
    const app = await start({ adminToken: 'x', cache });
    const headers = { authorization: 'Bearer x' };
    const response = await fetch(`${app.url}/admin/cache/clear`, { method: 'POST', headers });
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
  });
});
