import { describe, expect, it } from 'vitest';
import { startWebhookApp } from '../../fakes/webhook-app.ts';
import { AMINA, call, startWithApp } from '../simulator/start-with-app.ts';
import { ACCOUNT, APP, failureOf, meta, startGraph, tokenBody } from './run.ts';

async function startTwoApps() {
  const [simulator, app] = await startWithApp();
  const other = await startWebhookApp();
  const say = async () => {
    simulator.say(AMINA, 'salam');
    await simulator.idle();
    return { app: app.taken.length, other: other.taken.length };
  };
  return { simulator, app, other, say };
}

describe('npm run meta -- override', () => {
  it('sets the callback of the number before that of the account and the app, and clears it', async () => {
    const { simulator, app, other, say } = await startTwoApps();
    expect(await meta(simulator, ['override', 'show'])).toEqual({
      code: 0,
      output: `number   none\naccount  none\napp      ${app.url}  (deliveries go here)`,
    });
    expect(await meta(simulator, ['override', 'set', other.url])).toEqual({
      code: 0,
      output: `number   ${other.url}  (deliveries go here)\naccount  none\napp      ${app.url}`,
    });
    expect(await say()).toEqual({ app: 0, other: 1 });
    expect((await meta(simulator, ['override', 'set', app.url, '--account'])).output).toBe(
      `number   ${other.url}  (deliveries go here)\naccount  ${app.url}\napp      ${app.url}`,
    );
    const cleared = await meta(simulator, ['override', 'clear', '--json']);
    expect(JSON.parse(cleared.output)).toEqual({
      ...{ whatsapp_business_account: app.url, application: app.url },
      ...{ applies: 'whatsapp_business_account', done: true },
    });
    expect(await say()).toEqual({ app: 1, other: 1 });
    expect((await meta(simulator, ['override', 'clear', '--account'])).output).toContain('account  none');
    await other.close();
  });

  it('changes nothing when the address does not pass the challenge', async () => {
    const { simulator, other } = await startTwoApps();
    const wrong = { META_WEBHOOK_VERIFY_TOKEN: 'another-token' };
    const refused = await failureOf(meta(simulator, ['override', 'set', other.url], wrong));
    expect(refused).toContain(
      `${other.url} does not pass Meta's challenge: the challenge is answered with 403`,
    );
    expect(refused).not.toContain('another-token');
    await other.close();
    const away = await failureOf(meta(simulator, ['override', 'set', other.url]));
    expect(away).toContain('no response: ECONN');
    const forced = await failureOf(meta(simulator, ['override', 'set', other.url, '--force']));
    expect(forced).toContain('Meta says 2200: (#2200) Callback verification failed');
    expect(forced).toContain('Meta itself could not fetch the callback');
    expect((await meta(simulator, ['override', 'show'])).output).toContain('number   none');
  });

  it('of the account needs the subscription, which it would make otherwise', async () => {
    const { simulator, other } = await startTwoApps();
    await call(simulator, 'DELETE', `v25.0/${ACCOUNT}/subscribed_apps`);
    for (const words of [['set', other.url], ['clear']]) {
      const message = await failureOf(meta(simulator, ['override', ...words, '--account']));
      expect(message).toContain(`the app ${APP} is not subscribed to the account ${ACCOUNT}`);
    }
    expect((await meta(simulator, ['apps'])).code).toBe(1);
    await other.close();
  });

  it('fails when Meta accepts the change and does not report it', async () => {
    const graph = await startGraph(({ method }) => ({
      body: method === 'POST' ? { success: true } : { webhook_configuration: { phone_number: '' } },
    }));
    const other = await startWebhookApp();
    const { code, output } = await meta(graph, ['override', 'set', other.url]);
    expect(code).toBe(1);
    expect(output).toContain('No callback is set: nothing is delivered.');
    expect(output).toContain('does not report it');
    await other.close();
  });

  it('sends what Meta documents', async () => {
    const graph = await startGraph((_, path) =>
      path === 'debug_token' ? { body: tokenBody() } : { body: { success: true, data: [] } },
    );
    const other = await startWebhookApp();
    await meta(graph, ['override', 'set', other.url]);
    await meta(graph, ['override', 'clear']);
    const sent = graph.seen.filter(({ method }) => method === 'POST').map(({ body }) => JSON.parse(body));
    expect(sent).toEqual([
      {
        webhook_configuration: {
          ...{ override_callback_uri: other.url, verify_token: 'development-verify-token' },
        },
      },
      { webhook_configuration: { override_callback_uri: '' } },
    ]);
    await other.close();
  });

  const long = `https://example.org/${'a'.repeat(181)}`;
  it.each([
    [['override'], 'Name what to do'],
    [['override', 'set'], 'Name what to do'],
    [['override', 'show', 'https://example.org'], 'Name what to do'],
    [['override', 'clear', '--force'], '--force belongs to set'],
    [['override', 'set', 'example.org'], 'an https:// address without user name'],
    [['override', 'set', 'https://example.org/?token=x'], 'an https:// address without user name'],
    [['override', 'set', long], 'has 201 characters; Meta takes at most 200'],
    [['override', 'set', 'http://example.org/'], 'must be an https:// address'],
    [['override', 'show', '--number', '+1 555'], '--number is an id of Meta in digits only'],
  ])('rejects a wrong call: %j', async (words, sentence) => {
    const graph = await startGraph(() => undefined);
    expect(await failureOf(meta(graph, words))).toContain(sentence);
    expect(graph.seen).toEqual([]);
  });

  it('takes plain http for a simulator alone', async () => {
    const other = await startWebhookApp();
    const call = meta({ url: 'https://127.0.0.1:1' }, ['override', 'set', other.url]);
    expect(await failureOf(call)).toContain('must be an https:// address: messages go there');
    await other.close();
  });
});
