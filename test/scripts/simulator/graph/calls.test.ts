import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { startWebhookApp } from '../../../fakes/webhook-app.ts';
import { AMINA, call, graph, NUMBER, startWithApp, text } from '../start-with-app.ts';

const ACCOUNT = '200000000000002';
const APP = '300000000000003';
const NOTHING = { type: 'GraphMethodException', code: 100, error_subcode: 33 };
const withId = z.object({ id: z.string() });

test.each([
  ['GET', 'v25.0/999', NOTHING, 400],
  ['GET', `v25.0/${NUMBER}/nothing`, NOTHING, 400],
  ['POST', `v25.0/${NUMBER}/block_users`, NOTHING, 400],
  ['DELETE', `v25.0/${NUMBER}/messages`, NOTHING, 400],
  ['GET', `v25.0/${NUMBER}/messages`, NOTHING, 400],
  ['GET', 'favicon.ico', NOTHING, 400],
  ['PUT', `v25.0/${NUMBER}`, { code: 100, type: 'GraphMethodException' }, 400],
  ['GET', `v99.0/${NUMBER}`, { code: 2500 }, 400],
  ['GET', 'v25.0', { code: 2500, type: 'GraphMethodException' }, 400],
  ['GET', `v25.0/${NUMBER}?fields=colour`, { code: 100 }, 400],
  ['GET', 'v25.0/%ff', NOTHING, 400],
])('%s /%s is refused in the form of Graph', async (method, path, error, status) => {
  const [simulator] = await startWithApp();
  const answer = await call(simulator, method, path);
  expect(answer.type).toMatch(/^application\/json/);
  expect([answer.status, answer.body]).toMatchObject([
    status,
    {
      error: {
        type: 'OAuthException',
        ...error,
        message: expect.any(String),
        fbtrace_id: expect.any(String),
      },
    },
  ]);
});

test('the error of Graph for an object that does not exist', async () => {
  const [simulator] = await startWithApp();
  const { body } = await call(simulator, 'GET', 'v25.0/999');
  expect(body).toMatchObject({
    error: {
      message: expect.stringMatching(/^Unsupported get request\. Object with ID '999' does not exist,/),
    },
  });
});

test.each(['', 'wrong'])('without a valid token (%j) every call is rejected with 190', async (token) => {
  const [simulator] = await startWithApp();
  for (const path of [NUMBER, ACCOUNT, 'me', 'debug_token', '999', `${NUMBER}/messages`]) {
    const answer = await call(
      simulator,
      path.endsWith('messages') ? 'POST' : 'GET',
      `v25.0/${path}`,
      undefined,
      token,
    );
    expect([answer.status, answer.body]).toMatchObject([
      401,
      { error: { code: 190, type: 'OAuthException' } },
    ]);
  }
});

test.each([
  [
    NUMBER,
    { id: NUMBER, display_phone_number: '+1 555-000-9999', verified_name: 'Ansari', quality_rating: 'GREEN' },
  ],
  [`${NUMBER}/?fields=name_status,throughput{level}`, { id: NUMBER, name_status: 'APPROVED' }],
  [ACCOUNT, { id: ACCOUNT, name: 'Ansari', currency: 'USD' }],
  [`${ACCOUNT}/phone_numbers`, { data: [{ id: NUMBER, verified_name: 'Ansari' }] }],
  [`${ACCOUNT}/subscribed_apps`, { data: [{ whatsapp_business_api_data: { id: APP } }] }],
  [`${ACCOUNT}/message_templates?name=hello_world`, { data: [{ name: 'hello_world', status: 'APPROVED' }] }],
  [`${NUMBER}/whatsapp_business_profile?fields=about`, { data: [{ messaging_product: 'whatsapp' }] }],
  [`${NUMBER}/settings`, {}],
  ['me', { name: 'System user' }],
  [APP, { id: APP, name: 'Ansari' }],
  ['debug_token?input_token=development-access-token', { data: { is_valid: true, app_id: APP } }],
  ['debug_token?input_token=other', { data: { is_valid: false, error: { code: 190 } } }],
])('GET /%s', async (path, expected) => {
  const [simulator] = await startWithApp();
  expect(await call(simulator, 'GET', `v25.0/${path}`)).toMatchObject({ status: 200, body: expected });
  expect(await call(simulator, 'GET', path)).toMatchObject({ status: 200, body: expected });
});

test('the profile is changed and read back, within its limits', async () => {
  const [simulator] = await startWithApp();
  const path = `v25.0/${NUMBER}/whatsapp_business_profile`;
  const change = (more: Record<string, unknown>) =>
    call(simulator, 'POST', path, { messaging_product: 'whatsapp', ...more });
  expect((await change({ about: 'a'.repeat(139) })).body).toEqual({ success: true });
  expect(await change({ about: 'a'.repeat(140) })).toMatchObject({
    status: 400,
    body: { error: { code: 100 } },
  });
  expect(await change({ colour: 'green' })).toMatchObject({ status: 400, body: { error: { code: 100 } } });
  const { body } = await call(simulator, 'GET', `${path}?fields=about`);
  expect(body).toMatchObject({ data: [{ about: 'a'.repeat(139) }] });
});

test('a deregistered number cannot send until it is registered', async () => {
  const [simulator] = await startWithApp();
  simulator.say(AMINA, 'salam');
  await call(simulator, 'POST', `v25.0/${NUMBER}/deregister`);
  expect((await graph(simulator, text('hi'))).body.error?.code).toBe(133010);
  const register = (pin: string) =>
    call(simulator, 'POST', `v25.0/${NUMBER}/register`, { messaging_product: 'whatsapp', pin });
  expect(await register('12')).toMatchObject({ status: 400, body: { error: { code: 131009 } } });
  expect(await register('123456')).toMatchObject({ status: 200 });
  expect((await graph(simulator, text('hi'))).status).toBe(200);
});

test('media is uploaded and downloaded, from a URL that is valid for five minutes', async () => {
  let now = Date.now();
  const [simulator] = await startWithApp({ now: () => now });
  const bytes = Buffer.from('not quite a picture');
  const { body } = await call(simulator, 'POST', `v25.0/${NUMBER}/media`, form(bytes, 'image/png'));
  const { id } = withId.parse(body);

  const described = await call(simulator, 'GET', `v25.0/${id}?phone_number_id=${NUMBER}`);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const expected = {
    id,
    mime_type: 'image/png',
    file_size: bytes.length,
    sha256,
    messaging_product: 'whatsapp',
  };
  expect(described).toMatchObject({ status: 200, body: expected });
  const { url } = z.object({ url: z.url() }).parse(described.body);
  const authorization = 'Bearer development-access-token';
  const fetched = await fetch(url, { headers: { authorization } });
  expect([fetched.headers.get('content-type'), Buffer.from(await fetched.arrayBuffer())]).toEqual([
    'image/png',
    bytes,
  ]);
  expect((await fetch(url)).status).toBe(401);
  expect((await fetch(url.replace(/hash=./, 'hash=_'), { headers: { authorization } })).status).toBe(404);
  now += 5 * 60_000;
  expect((await fetch(url, { headers: { authorization } })).status).toBe(404);

  expect((await call(simulator, 'GET', `v25.0/${id}?phone_number_id=1`)).body).toMatchObject({
    error: NOTHING,
  });
  expect((await call(simulator, 'DELETE', `v25.0/${id}`)).body).toEqual({ success: true });
  expect((await call(simulator, 'GET', `v25.0/${id}`)).body).toMatchObject({ error: NOTHING });
});

test.each([
  ['a type that WhatsApp does not take', form(Buffer.from('x'), 'image/svg+xml'), 100],
  ['no file', form(undefined), 100],
  ['an empty file', form(Buffer.alloc(0), 'image/png'), 131053],
  ['a sticker that is too large', form(Buffer.alloc(500 * 1024 + 1), 'image/webp'), 131053],
  ['no form', undefined, 100],
])('an upload of %s is refused', async (_what, body, code) => {
  const [simulator] = await startWithApp();
  expect(await call(simulator, 'POST', `v25.0/${NUMBER}/media`, body)).toMatchObject({
    status: 400,
    body: { error: { code } },
  });
});

test('webhooks go to the callback of the number, else of the account, else of the app, or are dropped', async () => {
  const [simulator, app] = await startWithApp();
  const other = await startWebhookApp();
  const token = { verify_token: 'development-verify-token' };
  const override = { override_callback_uri: other.url, ...token };
  const say = async () => {
    simulator.say(AMINA, 'salam');
    await simulator.idle();
    return [app.taken.length, other.taken.length];
  };
  const subscribe = (body: Record<string, unknown> = {}) =>
    call(simulator, 'POST', `v25.0/${ACCOUNT}/subscribed_apps`, body);
  const overrideNumber = (webhook_configuration: Record<string, unknown>) =>
    call(simulator, 'POST', `v25.0/${NUMBER}`, { webhook_configuration });

  expect(await subscribe({ ...override, verify_token: 'wrong' })).toMatchObject({
    body: { error: { code: 2200 } },
  });
  expect(await say()).toEqual([1, 0]);
  expect((await subscribe(override)).body).toEqual({ success: true });
  expect(await say()).toEqual([1, 1]);
  await overrideNumber({ ...override, override_callback_uri: app.url });
  expect(await say()).toEqual([2, 1]);
  await overrideNumber({ override_callback_uri: '' });
  expect(await say()).toEqual([2, 2]);
  await subscribe();
  expect(await say()).toEqual([3, 2]);
  await call(simulator, 'DELETE', `v25.0/${ACCOUNT}/subscribed_apps`);
  expect(await say()).toEqual([3, 2]);
  expect((await call(simulator, 'GET', `v25.0/${ACCOUNT}/subscribed_apps`)).body).toEqual({ data: [] });
  await other.close();
});

test('an app gets a token with its secret, and sets its callback with it', async () => {
  const [simulator, app] = await startWithApp({ webhookUrl: 'http://127.0.0.1:1/nowhere' });
  const query = (client_secret: string) => new URLSearchParams({ client_id: APP, client_secret });
  expect((await call(simulator, 'GET', `oauth/access_token?${query('other')}`, undefined, '')).status).toBe(
    400,
  );
  const { body } = await call(
    simulator,
    'GET',
    `oauth/access_token?${query('development-app-secret')}`,
    undefined,
    '',
  );
  const { access_token } = z.object({ access_token: z.string() }).parse(body);
  const subscription = new URLSearchParams({
    object: 'whatsapp_business_account',
    callback_url: app.url,
    verify_token: 'development-verify-token',
    access_token,
  });
  const set = await call(simulator, 'POST', `v25.0/${APP}/subscriptions?${subscription}`, undefined, '');
  expect(set).toMatchObject({ status: 200, body: { success: true } });
  simulator.say(AMINA, 'salam');
  await simulator.idle();
  expect(app.taken).toHaveLength(1);
});

test('an app sets its webhook fields with its own token; without messages nothing is delivered', async () => {
  const [simulator, app] = await startWithApp();
  const appToken = `${APP}|development-app-secret`;
  const path = `v25.0/${APP}/subscriptions`;
  for (const method of ['GET', 'POST'])
    expect(await call(simulator, method, path)).toMatchObject({ status: 400, body: { error: { code: 15 } } });
  const set = async (fields: string) => {
    const callback = { callback_url: app.url, verify_token: 'development-verify-token' };
    const body = { object: 'whatsapp_business_account', ...callback, fields };
    expect((await call(simulator, 'POST', path, body, appToken)).body).toEqual({ success: true });
    simulator.say(AMINA, 'salam');
    await simulator.idle();
    return app.taken.length;
  };
  expect(await set('standby, calls')).toBe(0);
  expect((await call(simulator, 'GET', path, undefined, appToken)).body).toMatchObject({
    data: [{ callback_url: app.url, fields: [{ name: 'standby' }, { name: 'calls' }] }],
  });
  expect(await set('messages')).toBe(1);
});

function form(bytes: Buffer<ArrayBuffer> | undefined, type = ''): FormData {
  const data = new FormData();
  data.set('messaging_product', 'whatsapp');
  if (bytes) data.set('file', new File([bytes], 'a', { type }));
  return data;
}
