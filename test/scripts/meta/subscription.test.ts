import { describe, expect, it } from 'vitest';
import { startWebhookApp } from '../../fakes/webhook-app.ts';
import { AMINA, call, startWithApp } from '../simulator/start-with-app.ts';
import { ACCOUNT, APP, failureOf, meta, SECRET, startGraph, tokenBody } from './run.ts';

const ALL = ['messages', 'standby', 'messaging_handovers', 'smb_message_echoes'];

describe('npm run meta -- subscribe', () => {
  it('subscribes the app, once, and says which webhook fields are off', async () => {
    const [simulator, app] = await startWithApp();
    await call(simulator, 'DELETE', `v25.0/${ACCOUNT}/subscribed_apps`);
    const { code, output } = await meta(simulator, ['subscribe']);
    expect(code).toBe(0);
    expect(output.split('\n')).toEqual([
      `The app ${APP} is subscribed to the account ${ACCOUNT}.`,
      `Callback of the app: ${app.url}`,
      'Webhook fields on: messages',
      'Webhook field off: standby (messages while another app has the conversation)',
      'Webhook field off: messaging_handovers (which app has the conversation)',
      'Webhook field off: smb_message_echoes (what the business writes in the WhatsApp Business app)',
      'npm run meta -- subscribe --fields, or the Meta app dashboard, WhatsApp, Configuration, Webhook fields, switches them on.',
    ]);
    simulator.say(AMINA, 'salam');
    await simulator.idle();
    expect(app.taken).toHaveLength(1);
    expect((await meta(simulator, ['subscribe'])).output).toContain('was subscribed to the account');
  });

  it('keeps the override of an app that is subscribed', async () => {
    const [simulator, app] = await startWithApp();
    await meta(simulator, ['override', 'set', app.url, '--account']);
    expect((await meta(simulator, ['subscribe'])).code).toBe(0);
    expect((await meta(simulator, ['apps'])).output).toContain(`override ${app.url}`);
  });

  it('--fields switches on what is off and leaves the rest, with the callback of the app', async () => {
    const [simulator, app] = await startWithApp();
    const { code, output } = await meta(simulator, ['subscribe', '--fields', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(output)).toEqual({
      ...{ account: ACCOUNT, app: APP, subscribed: true, new: false },
      ...{ callback: app.url, on: ALL, missing: [] },
    });
    const other = await startWebhookApp();
    const moved = await meta(simulator, ['subscribe', '--fields', '--url', other.url]);
    expect(moved.output).toContain(`Callback of the app: ${other.url}\nWebhook fields on: ${ALL.join(', ')}`);
    await other.close();
    await meta(simulator, ['unsubscribe']);
    const away = await failureOf(meta(simulator, ['subscribe', '--fields']));
    expect(away).toMatch(/^Nothing was changed: .* no response: ECONN/);
    expect((await meta(simulator, ['apps'])).code).toBe(1);
  });

  it('--fields needs a callback where the app has none', async () => {
    const graph = await startGraph((_, path) => ({
      body: path === 'debug_token' ? tokenBody() : { data: [] },
    }));
    const message = await failureOf(meta(graph, ['subscribe', '--fields']));
    expect(message).toBe(`Nothing was changed: the app ${APP} has no callback yet: name one with --url.`);
    expect(graph.seen.map(({ method }) => method)).not.toContain('POST');
  });

  it('--fields sends the fields that are on too', async () => {
    const other = await startWebhookApp();
    const fields = [{ name: 'calls', version: 'v25.0' }];
    const webhook = { object: 'whatsapp_business_account', callback_url: other.url, active: true, fields };
    const graph = await startGraph(({ method }, path) => {
      if (path === 'debug_token') return { body: tokenBody() };
      if (method === 'POST') return { body: { success: 'true' } };
      return { body: { data: path.endsWith('subscriptions') ? [{ object: 'page' }, webhook] : [] } };
    });
    const { code } = await meta(graph, ['subscribe', '--fields']);
    // The stand-in goes on reporting the field `messages` as off.
    expect(code).toBe(1);
    const post = graph.seen.filter(({ method }) => method === 'POST').at(-1);
    expect(post?.headers.authorization).toBe(`Bearer ${APP}|${SECRET}`);
    expect(JSON.parse(post?.body ?? '')).toMatchObject({
      ...{ object: 'whatsapp_business_account', callback_url: other.url },
      fields: ['calls', ...ALL].join(','),
    });
    await other.close();
  });

  it('names the fields where the app secret is not the one of the app', async () => {
    const [simulator] = await startWithApp();
    const { code, output } = await meta(simulator, ['subscribe'], { META_APP_SECRET: 'of-another-app' });
    expect(code).toBe(0);
    expect(output).toContain('could not be read with META_APP_SECRET: Meta says 190');
    expect(output).toContain(`Switch on ${ALL.join(', ')} in the Meta app dashboard`);
    expect(output).not.toContain('of-another-app');
    const failed = meta(simulator, ['subscribe', '--fields'], { META_APP_SECRET: 'of-another-app' });
    expect(await failureOf(failed)).toContain('Meta says 190');
  });

  it('takes the first of two app secrets', async () => {
    const [simulator] = await startWithApp();
    const { output } = await meta(simulator, ['subscribe'], { META_APP_SECRET: `${SECRET},a-former-secret` });
    expect(output).toContain('Webhook fields on: messages');
  });

  it('says that a token cannot be used', async () => {
    const error = { code: 190, message: 'Session has expired' };
    const graph = await startGraph(() => ({ body: { data: { is_valid: false, error, scopes: [] } } }));
    const message = await failureOf(meta(graph, ['subscribe', '--waba', ACCOUNT]));
    expect(message).toBe('The access token cannot be used: Session has expired. See npm run meta -- token');
  });

  it.each([[['--url', 'https://example.org']], [['--force']]])('%j belongs to --fields', async (words) => {
    const call = meta({ url: 'http://127.0.0.1:1' }, ['subscribe', ...words]);
    expect(await failureOf(call)).toContain('--url and --force belong to --fields');
  });
});

describe('npm run meta -- unsubscribe', () => {
  it('ends the subscription, once', async () => {
    const [simulator] = await startWithApp();
    expect(await meta(simulator, ['unsubscribe'])).toEqual({
      code: 0,
      output: `The app ${APP} is no longer subscribed to the account ${ACCOUNT}: nothing is delivered to it.`,
    });
    expect((await meta(simulator, ['unsubscribe'])).output).toContain('was not subscribed');
    expect((await meta(simulator, ['apps'])).code).toBe(1);
  });

  it('leaves other apps alone', async () => {
    const data = [{ whatsapp_business_api_data: { id: '9', name: 'Other', link: 'x' } }];
    const graph = await startGraph((_, path) => ({ body: path === 'debug_token' ? tokenBody() : { data } }));
    expect((await meta(graph, ['unsubscribe'])).output).toContain('was not subscribed');
    expect(graph.seen.map(({ method }) => method)).not.toContain('DELETE');
  });
});
