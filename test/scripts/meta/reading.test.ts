import { describe, expect, it } from 'vitest';
import { call, startWithApp } from '../simulator/start-with-app.ts';
import { ACCOUNT, APP, failureOf, meta, NUMBER, startGraph, TOKEN, tokenBody } from './run.ts';

const DAY = 86_400;
const now = () => Math.floor(Date.now() / 1000);

describe('npm run meta -- account', () => {
  it('shows the account that the token was granted', async () => {
    const [simulator] = await startWithApp();
    const { code, output } = await meta(simulator, ['account']);
    expect(code).toBe(0);
    expect(output.split('\n')).toEqual([
      `id            ${ACCOUNT}`,
      'name          Ansari',
      'currency      USD',
      "time zone     1 (Meta's number of a zone)",
      'country       US',
      'status        ACTIVE',
      'ownership     SELF',
      'review        APPROVED',
      'verification  verified',
      'templates     00000000_0000_4000_8000_000000000000',
      'can send      AVAILABLE',
    ]);
  });

  it('is JSON with the names of Meta', async () => {
    const [simulator] = await startWithApp();
    const { output } = await meta(simulator, ['account', '--json']);
    expect(JSON.parse(output)).toMatchObject({ id: ACCOUNT, account_review_status: 'APPROVED' });
  });

  it('asks for the configured one, and says what to do about a wrong id', async () => {
    const [simulator] = await startWithApp();
    expect((await meta(simulator, ['account', '--waba', ACCOUNT], { META_WABA_ID: '1' })).code).toBe(0);
    const message = await failureOf(meta(simulator, ['account'], { META_WABA_ID: '999' }));
    expect(message).toContain("Meta says 100: Unsupported get request. Object with ID '999' does not exist");
    expect(message).toContain('The id is wrong, or the token may not see it. META_WABA_ID');
  });

  it('finds the account of the number where the token has several, and says where to look otherwise', async () => {
    const several = [{ scope: 'whatsapp_business_management', target_ids: ['1', ACCOUNT] }];
    const entities = [{ entity_type: 'PHONE_NUMBER', id: NUMBER }];
    const health = { id: NUMBER, health_status: { can_send_message: 'LIMITED', entities } };
    const graph = await startGraph(({ url }, path) => {
      if (path === 'debug_token') return { body: tokenBody({ granular_scopes: several }) };
      if (path === NUMBER && url.includes('health_status')) return { body: health };
      return path === ACCOUNT ? { body: { id: ACCOUNT, name: 'Found', unheard_of: 1 } } : undefined;
    });
    const message = await failureOf(meta(graph, ['account']));
    expect(message).toContain('set META_WABA_ID, or name it with --waba');
    expect(message).toContain(`The token may use 1, ${ACCOUNT}.`);
    entities.push({ entity_type: 'WABA', id: ACCOUNT });
    expect((await meta(graph, ['account'])).output).toBe(`id            ${ACCOUNT}\nname          Found`);
  });

  it('says why the account cannot send', async () => {
    const errors = [
      { error_code: 141006, error_description: 'No payment.', possible_solution: 'Add a card.' },
    ];
    const entities = [
      { entity_type: 'WABA', id: ACCOUNT, can_send_message: 'BLOCKED', errors },
      { entity_type: 'APP', id: APP, can_send_message: 'LIMITED', additional_info: ['Not subscribed.'] },
    ];
    const body = { id: ACCOUNT, health_status: { can_send_message: 'BLOCKED', entities } };
    const graph = await startGraph(() => ({ body }));
    const { output } = await meta(graph, ['account', '--waba', ACCOUNT]);
    expect(output).toContain(
      'can send      BLOCKED\nwarning: WABA: No payment. Add a card.\nwarning: APP: Not subscribed.',
    );
  });
});

describe('npm run meta -- token', () => {
  it('shows what the token may do, and never the token', async () => {
    const [simulator] = await startWithApp();
    const { code, output } = await meta(simulator, ['token']);
    expect(code).toBe(0);
    expect(output).not.toContain(TOKEN);
    for (const line of [
      `app          ${APP} (Ansari)`,
      'type         SYSTEM_USER',
      'valid        yes',
      'expires      never',
      'permissions  whatsapp_business_management, whatsapp_business_messaging',
      `granted      whatsapp_business_management: ${ACCOUNT}`,
    ])
      expect(output.split('\n')).toContain(line);
  });

  const management = 'whatsapp_business_management';
  it.each([
    [{ expires_at: now() + 3.5 * DAY }, 'it expires in 3 day(s)'],
    [{ data_access_expires_at: now() + 5.5 * DAY }, 'its access to data ends in 5 day(s)'],
    [{ scopes: [management] }, 'it lacks whatsapp_business_messaging'],
    [{ scopes: ['whatsapp_business_messaging'] }, `it lacks ${management}`],
    [
      { granular_scopes: [{ scope: management, target_ids: ['7'] }] },
      `granted 7, not the account ${ACCOUNT}`,
    ],
    [
      { is_valid: false, error: { code: 190, message: `expired: ${TOKEN}` } },
      'it is not valid: expired: ***',
    ],
  ])('warns: %j', async (change, warning) => {
    const graph = await startGraph((_, path) =>
      path === 'debug_token' ? { body: tokenBody(change) } : undefined,
    );
    const environment = { META_WABA_ID: ACCOUNT };
    const { code, output } = await meta(graph, ['token'], environment);
    expect(code).toBe(1);
    expect(output.split('\n').filter((line) => line.startsWith('warning: '))).toEqual([
      expect.stringContaining(warning),
    ]);
    const json = JSON.parse((await meta(graph, ['token', '--json'], environment)).output);
    expect(json).toMatchObject({ warnings: [expect.stringContaining(warning)] });
    expect(JSON.stringify(json)).not.toContain(TOKEN);
  });

  it('says nothing about accounts that Meta does not list, nor of an expiry that is far', async () => {
    const change = { granular_scopes: [{ scope: management }], expires_at: now() + 20 * DAY };
    const graph = await startGraph(() => ({ body: tokenBody(change) }));
    expect((await meta(graph, ['token', '--waba', '5'])).code).toBe(0);
    expect((await meta(graph, ['token', '--waba', '5', '--days', '21'])).code).toBe(1);
  });
});

describe('npm run meta -- numbers', () => {
  it('shows quality, limits and where deliveries go', async () => {
    const [simulator, app] = await startWithApp();
    const { code, output } = await meta(simulator, ['numbers']);
    expect({ code, lines: output.split('\n') }).toEqual({
      code: 0,
      lines: [
        `id          ${NUMBER}`,
        'number      +1 555-000-9999',
        'name        Ansari (APPROVED)',
        'quality     GREEN',
        'limit       TIER_250',
        'throughput  STANDARD',
        'status      CONNECTED (VERIFIED)',
        'mode        SANDBOX (CLOUD_API)',
        `webhook     ${app.url} (of the app)`,
      ],
    });
  });

  it('leaves out a field that this version of the Graph API lacks', async () => {
    const unknown = 'whatsapp_business_manager_messaging_limit';
    const graph = await startGraph(({ url }) => {
      const message = `(#100) Tried accessing nonexisting field (${unknown}) on node type (X)`;
      if (url.includes(unknown)) return { status: 400, body: { error: { code: 100, message } } };
      return { body: { data: [{ id: '7', quality_rating: 'RED' }] } };
    });
    const { output } = await meta(graph, ['numbers', '--waba', ACCOUNT]);
    expect(output).toBe('id          7\nquality     RED\nwebhook     none');
  });

  it('follows the pages, and ends when they do not', async () => {
    const pageOf = (page: number, more: boolean) => ({
      data: [{ id: String(page) }],
      paging: { cursors: { before: 'x', after: `c${page}` }, ...(more && { next: 'https://graph/next' }) },
    });
    const number = (url: string) => Number(/after=c(\d+)/.exec(url)?.[1] ?? 0) + 1;
    const three = await startGraph(({ url }) => ({ body: pageOf(number(url), number(url) < 3) }));
    const { output } = await meta(three, ['numbers', '--waba', '5', '--json']);
    expect(JSON.parse(output)).toMatchObject({
      numbers: [{ id: '1' }, { id: '2' }, { id: '3' }],
      hasMore: false,
    });
    const endless = await startGraph(({ url }) => ({ body: pageOf(number(url), true) }));
    const bounded = await meta(endless, ['numbers', '--waba', '5']);
    expect(bounded.output).toContain('There are more than 40.');
    expect(endless.seen).toHaveLength(40);
  });
});

describe('npm run meta -- apps', () => {
  it('shows the subscribed apps with their overrides, and fails when there is none', async () => {
    const [simulator, app] = await startWithApp();
    expect(await meta(simulator, ['apps'])).toEqual({
      code: 0,
      output: `${APP}  Ansari  callback of the app`,
    });
    const override = { override_callback_uri: app.url, verify_token: 'development-verify-token' };
    await call(simulator, 'POST', `v25.0/${ACCOUNT}/subscribed_apps`, override);
    expect(await meta(simulator, ['apps'])).toEqual({
      code: 0,
      output: `${APP}  Ansari  override ${app.url}`,
    });
    await call(simulator, 'DELETE', `v25.0/${ACCOUNT}/subscribed_apps`);
    const { code, output } = await meta(simulator, ['apps']);
    expect(code).toBe(1);
    expect(output).toContain('nothing is delivered. npm run meta -- subscribe');
  });
});
