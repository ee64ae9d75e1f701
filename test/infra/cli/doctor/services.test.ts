import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { checkOpenAi } from '#infra/cli/doctor/openai.ts';
import { checkTwilio, type TwilioTarget } from '#infra/cli/doctor/twilio.ts';
import { checkTwilioOfStack } from '#infra/cli/doctor/twilio-of-stack.ts';
import type { Finding } from '#infra/cli/release/checks.ts';
import { type FakeServer, fakeServer } from '../../../fakes/http-server.ts';

const outcomes = (findings: readonly Finding[]) => findings.map(({ name, outcome }) => `${name} ${outcome}`);

let server: FakeServer;
/** By path with query: status and body. */
const answers = new Map<string, readonly [number, unknown]>();
const seen: string[] = [];
let authorization = '';

beforeAll(async () => {
  server = await fakeServer((response, { url, headers, method }) => {
    seen.push(`${method} ${url}`);
    const [status, body] =
      headers.authorization === authorization
        ? (answers.get(url) ?? [404, {}])
        : [401, { message: 'Authenticate' }];
    response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
  });
});
afterAll(() => server.close());
beforeEach(() => {
  answers.clear();
  seen.length = 0;
});

describe('the checks at Twilio', () => {
  const ACCOUNT = '/2010-04-01/Accounts/AC1.json';
  const SENDERS = '/v2/Channels/Senders?Channel=whatsapp&PageSize=1000';
  const HOOK = 'https://wa.example.org/whatsapp/twilio';
  const senders = (callback_url: string | null, more: object = {}) =>
    [
      200,
      {
        meta: { key: 'senders' },
        senders: [
          {
            sid: 'XE1',
            sender_id: 'whatsapp:+15550001111',
            status: 'ONLINE',
            webhook: { callback_url: 'https://x' },
          },
          {
            sid: 'XE2',
            sender_id: 'whatsapp:+14155238886',
            status: 'ONLINE',
            webhook: { callback_url, callback_method: 'POST' },
            ...more,
          },
        ],
      },
    ] as const;
  const check = (more: Partial<TwilioTarget> = {}) =>
    checkTwilio({
      apiUrl: server.url,
      messagingUrl: server.url,
      accountSid: 'AC1',
      authToken: 'the-token',
      number: '+14155238886',
      publicUrl: 'https://wa.example.org',
      stack: 'staging',
      ...more,
    });
  beforeEach(() => {
    authorization = `Basic ${Buffer.from('AC1:the-token').toString('base64')}`;
    answers.set(ACCOUNT, [200, { friendly_name: 'Ansari', status: 'active' }]);
    answers.set(SENDERS, senders(`${HOOK}#rc=5&rp=ct,rt,5xx`));
  });

  it('are good with an active account whose sender delivers to us, and again after failures', async () => {
    const good = ['public url good', 'twilio good', 'sender good', 'twilio webhook good'];
    for (const fragment of [
      'rc=5&rp=ct,rt,5xx',
      'rp=all&rc=1',
      'rt=4000&rp=5xx,rt,ct',
      'rp=4xx,5xx,ct,rt&rc=3',
    ]) {
      answers.set(SENDERS, senders(`${HOOK}#${fragment}`));
      expect(outcomes(await check()), fragment).toEqual(good);
    }
    expect(new Set(seen)).toEqual(new Set([`GET ${ACCOUNT}`, `GET ${SENDERS}`]));
  });

  it.each([
    [null, 'messages go to nowhere'],
    ['https://demo.twilio.com/reply', 'messages go to https://demo.twilio.com/reply'],
    [`${HOOK}/`, `messages go to ${HOOK}/`],
    [HOOK, 'Twilio delivers once'],
    [`${HOOK}#rc=5`, 'Twilio delivers once'],
    [`${HOOK}#rc=0&rp=all`, 'Twilio delivers once'],
    [`${HOOK}#rc=2&rp=ct,rt`, 'Twilio delivers once'],
  ])('name the value to enter for %s', async (callbackUrl, message) => {
    answers.set(SENDERS, senders(callbackUrl));
    const found = (await check()).at(-1);
    expect(found).toMatchObject({ name: 'twilio webhook', outcome: 'bad' });
    expect(found?.message).toContain(message);
    expect(found?.fix).toContain(`${HOOK}#rc=5&rp=ct,rt,5xx`);
  });

  it('refuse GET, and a sender that is offline', async () => {
    const url = `${HOOK}#rc=5&rp=all`;
    answers.set(
      SENDERS,
      senders(url, { webhook: { callback_url: url, callback_method: 'GET' }, status: 'OFFLINE' }),
    );
    expect(outcomes(await check()).slice(2)).toEqual(['sender bad', 'twilio webhook bad']);
  });

  it('ask for an https address of ours', async () => {
    expect((await check({ publicUrl: undefined }))[0]).toMatchObject({ name: 'public url', outcome: 'bad' });
    expect((await check({ publicUrl: 'http://wa.example.org' }))[0]).toMatchObject({ outcome: 'bad' });
    expect(outcomes(await check({ publicUrl: undefined }))).not.toContain('twilio webhook good');
  });

  it('tell a wrong token from a Twilio that cannot be reached', async () => {
    const [, refused] = await check({ authToken: 'wrong' });
    expect(refused).toMatchObject({ name: 'twilio', outcome: 'bad' });
    expect(refused?.fix).toContain('pulumi config set --secret TWILIO_AUTH_TOKEN --stack staging');
    expect(JSON.stringify(refused)).not.toContain('wrong');
    const [, away] = await check({ apiUrl: 'http://127.0.0.1:1' });
    expect(away?.message).toContain('ECONNREFUSED');
    expect(away?.fix).not.toContain('TWILIO_AUTH_TOKEN');
    answers.set(ACCOUNT, [503, '<html>']);
    expect((await check())[1]?.message).toContain('503');
  });

  it('report a suspended account, and ask nothing more of it', async () => {
    answers.set(ACCOUNT, [200, { friendly_name: 'Ansari', status: 'suspended' }]);
    expect(outcomes(await check())).toEqual(['public url good', 'twilio bad']);
  });

  it('take a number that the account does not list for the sandbox, and go on without the list', async () => {
    expect((await check({ number: '+15559998888' })).at(-1)).toMatchObject({
      name: 'sender',
      outcome: 'warning',
    });
    answers.set(SENDERS, [403, { code: 20003, message: 'Permission denied' }]);
    const found = (await check()).at(-1);
    expect(found).toMatchObject({ name: 'sender', outcome: 'skipped' });
    expect(found?.message).toContain('Permission denied (20003)');
  });

  it('are made for a stack with Twilio only, and take the account from its secret', async () => {
    const stack = { stack: 'staging', missing: [], hasPulumi: false };
    expect(
      await checkTwilioOfStack(
        { ...stack, environment: '{}', secrets: ['META_APP_SECRET'] },
        undefined,
        undefined,
      ),
    ).toEqual([]);
    const environment = JSON.stringify({
      TWILIO_WHATSAPP_NUMBER: '+14155238886',
      TWILIO_API_URL: server.url,
    });
    const secrets = ['TWILIO_AUTH_TOKEN'];
    const before = process.env.TWILIO_AUTH_TOKEN;
    try {
      delete process.env.TWILIO_AUTH_TOKEN;
      const without = await checkTwilioOfStack({ ...stack, environment, secrets }, undefined, undefined);
      expect(outcomes(without)).toEqual(['twilio skipped']);
      process.env.TWILIO_AUTH_TOKEN = '{"twilio_account_sid": "AC1", "twilio_auth_token": "the-token"}';
      const found = await checkTwilioOfStack({ ...stack, environment, secrets }, 'wa.example.org', undefined);
      expect(outcomes(found).at(-1)).toBe('twilio webhook good');
    } finally {
      if (before === undefined) delete process.env.TWILIO_AUTH_TOKEN;
      else process.env.TWILIO_AUTH_TOKEN = before;
    }
  });
});

describe('the check at OpenAI', () => {
  const check = (more: object = {}) =>
    checkOpenAi({
      url: `${server.url}/v1`,
      key: 'sk-the-key',
      model: 'org/gpt-5',
      stack: 'staging',
      ...more,
    });
  beforeEach(() => {
    authorization = 'Bearer sk-the-key';
    answers.set('/v1/models/org%2Fgpt-5', [200, { id: 'org/gpt-5', object: 'model' }]);
  });

  it('is good when the key may use the model', async () => {
    expect(await check()).toMatchObject({ outcome: 'good', message: 'the key may use org/gpt-5' });
  });

  it('names the variable that is wrong, and prints no key', async () => {
    answers.set('/v1/models/gpt-0', [404, { error: { message: 'The model gpt-0 does not exist' } }]);
    const unknown = await check({ model: 'gpt-0' });
    expect(unknown).toMatchObject({ outcome: 'bad' });
    expect(unknown.fix).toContain('environment.OPENAI_MODEL');
    authorization = 'Bearer sk-the-key';
    answers.set('/v1/models/org%2Fgpt-5', [
      401,
      { error: { message: 'Incorrect API key provided: sk-the-*key.' } },
    ]);
    const wrong = await check();
    expect(wrong.fix).toContain('--secret OPENAI_API_KEY');
    expect(wrong.message).toContain('sk-…');
    expect(JSON.stringify(wrong)).not.toContain('the-');
  });

  it('recommends no other key when nothing answers', async () => {
    const away = await check({ url: 'http://127.0.0.1:1/v1' });
    expect(away.message).toContain('ECONNREFUSED');
    expect(away.fix).toContain('OPENAI_API_URL');
  });
});
