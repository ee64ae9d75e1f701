/** Requests to a running service, by the route and the status that they get. */
import { createHmac } from 'node:crypto';
import { createTwilioWebhook } from '#app/channels/twilio/webhook.ts';
import { Unavailable } from '#app/domain/errors.ts';
import {
  CACHE,
  ENVELOPE,
  type Overrides,
  post,
  type Running,
  start,
  VERIFY_TOKEN,
} from '../../app/http/running-app.ts';

export const TWILIO_TOKEN = 'development-twilio-token';
const TWILIO = createTwilioWebhook({ publicUrl: 'https://example.org', authTokens: [TWILIO_TOKEN] });
export const ADMIN_TOKEN = 'an-admin-token';
const METRICS_TOKEN = 'a-metrics-token';

type Ask = () => Promise<{ readonly app: Running; readonly response: Response }>;

/** Starts a service and asks it; it ends with the test. */
export async function asked(
  overrides: Overrides,
  ask: (url: string) => Promise<Response>,
): Promise<{ readonly app: Running; readonly response: Response }> {
  const app = await start({ otherChannels: [TWILIO], adminToken: ADMIN_TOKEN, ...overrides });
  return { app, response: await ask(app.url) };
}

function get(path: string, overrides: Overrides = {}, headers: Record<string, string> = {}): Ask {
  return () => asked(overrides, (url) => fetch(url + path, { headers }));
}

const FULL: Overrides = {
  accept: async () => {
    throw new Unavailable('disk full');
  },
};

function challenge(path: string, change: Record<string, string> = {}): Ask {
  const query = {
    'hub.mode': 'subscribe',
    'hub.verify_token': VERIFY_TOKEN,
    'hub.challenge': '1158201444',
    ...change,
  };
  return get(`${path}?${new URLSearchParams(query)}`);
}

function meta(path: string, body: string, overrides: Overrides = {}, headers = {}): Ask {
  return () => asked(overrides, (url) => post(url + path, body, headers));
}

function metaRequests(path: string): Record<string, Ask[]> {
  return {
    [`GET ${path} 200`]: [challenge(path)],
    [`GET ${path} 400`]: [challenge(path, { 'hub.challenge': '<b>' })],
    [`GET ${path} 403`]: [challenge(path, { 'hub.verify_token': 'another' })],
    [`POST ${path} 200`]: [meta(path, ENVELOPE), meta(path, 'no JSON')],
    [`POST ${path} 400`]: [meta(path, 'no JSON', { alwaysReturnOk: false })],
    [`POST ${path} 403`]: [meta(path, ENVELOPE, {}, { 'x-hub-signature-256': 'sha256=00' })],
    [`POST ${path} 413`]: [meta(path, ' '.repeat(4 * 1024 * 1024 + 1))],
    [`POST ${path} 415`]: [meta(path, ENVELOPE, {}, { 'content-encoding': 'gzip' })],
    [`POST ${path} 503`]: [
      meta(path, ENVELOPE, FULL),
      meta(path, ENVELOPE, { ...FULL, alwaysReturnOk: false }),
    ],
  };
}

const FORM = { MessageSid: 'SM1', From: 'whatsapp:+15550000002', To: 'whatsapp:+15550000001', Body: 'hello' };

function twilio(form: Record<string, string>, overrides: Overrides = {}, headers = {}): Ask {
  const path = '/whatsapp/twilio';
  const fields = Object.entries(form).sort(([one], [two]) => (one < two ? -1 : 1));
  const signed = `https://example.org${path}${fields.flat().join('')}`;
  const signature = createHmac('sha1', TWILIO_TOKEN).update(signed).digest('base64');
  return () =>
    asked(overrides, (url) =>
      fetch(url + path, {
        method: 'POST',
        body: new URLSearchParams(form),
        headers: { 'x-twilio-signature': signature, ...headers },
      }),
    );
}

function admin(method: string, path: string): Record<string, Ask[]> {
  const call =
    (overrides: Overrides, token = ADMIN_TOKEN, times = 1): Ask =>
    () =>
      asked(overrides, async (url) => {
        const one = () => fetch(url + path, { method, headers: { authorization: `Bearer ${token}` } });
        for (let count = 1; count < times; count += 1) await one();
        return one();
      });
  const failing = (error: Error): Overrides => {
    const fail = () => Promise.reject(error);
    return { cache: { ...CACHE, clear: fail, warm: fail, remove: fail } };
  };
  const route = `${method} ${path.replace('/1', '/{phoneNumberId}')}`;
  return {
    [`${route} 200`]: [call({})],
    [`${route} 401`]: [call({}, 'wrong')],
    [`${route} 404`]: [call({ adminToken: undefined })],
    [`${route} 429`]: [call({}, 'wrong', 11), call({}, ADMIN_TOKEN, 61)],
    [`${route} 500`]: [call(failing(new TypeError('a bug')))],
    [`${route} 503`]: [call(failing(new Unavailable('the database is away')))],
  };
}

/** For each documented route and status, requests that get it. */
export const REQUESTS: Record<string, Ask[]> = {
  'GET / 200': [get('/')],
  'GET /health 200': [get('/health')],
  'GET /ready 200': [get('/ready')],
  'GET /ready 503': [get('/ready', { ready: () => Promise.reject(new Unavailable('the store is locked')) })],
  'GET /metrics 200': [get('/metrics'), get('/metrics', {}, { accept: 'application/json' })],
  'GET /metrics 401': [get('/metrics', { metricsToken: METRICS_TOKEN })],
  'GET /metrics 429': [
    () =>
      asked({ metricsToken: METRICS_TOKEN }, async (url) => {
        for (let count = 0; count < 10; count += 1) await fetch(`${url}/metrics`);
        return fetch(`${url}/metrics`);
      }),
  ],
  ...metaRequests('/whatsapp/v2'),
  ...metaRequests('/whatsapp_response'),
  'POST /whatsapp/twilio 200': [twilio(FORM)],
  'POST /whatsapp/twilio 400': [twilio({ Body: 'hello' })],
  'POST /whatsapp/twilio 403': [twilio(FORM, {}, { 'x-twilio-signature': `${'A'.repeat(27)}=` })],
  'POST /whatsapp/twilio 413': [twilio({ ...FORM, Body: 'x'.repeat(1024 * 1024) })],
  'POST /whatsapp/twilio 415': [twilio(FORM, {}, { 'content-encoding': 'gzip' })],
  'POST /whatsapp/twilio 503': [twilio(FORM, FULL)],
  ...admin('POST', '/admin/cache/clear'),
  ...admin('POST', '/admin/cache/warmup'),
  ...admin('DELETE', '/admin/cache/1'),
};
