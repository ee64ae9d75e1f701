import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { publicUrlIn, TUNNELS } from '#scripts/dev/meta/tunnels.ts';
import { temporaryFolder } from '../../../fakes/folder.ts';
import { startWebhookApp } from '../../../fakes/webhook-app.ts';
import { startDev } from '../start-dev.ts';
import { startMeta, startWithMeta } from './start-meta.ts';

describe('npm run dev -- --meta changes nothing and says what to do', () => {
  it('when variables are missing or the development ones, all at once', async () => {
    const system = await startDev(['--meta'], {
      variables: { META_ACCESS_TOKEN_FROM_SYS_USER: 'development-access-token' },
    });
    expect(await system.ended).toBe(1);
    expect(system.output()).toMatch(/^META_ACCESS_TOKEN_FROM_SYS_USER .*system user/m);
    expect(system.output()).toMatch(/^META_BUSINESS_PHONE_NUMBER_ID is missing.*API Setup\.$/m);
    expect(system.output()).toMatch(/^META_WEBHOOK_VERIFY_TOKEN is missing.*Configuration\.$/m);
    expect(system.output()).toMatch(/^META_APP_SECRET is missing.*App settings, Basic\.$/m);
  });

  it.each([
    [{ META_ACCESS_TOKEN_FROM_SYS_USER: 'EAAGanotherTokenOfNobody1' }, ['Meta says 190', 'System users']],
    [
      { META_APP_SECRET: '00c4d1b9a7e3826d4c1b05f7a9e2c38f', META_BUSINESS_PHONE_NUMBER_ID: '1' },
      ['META_APP_SECRET is not the secret of the app 300000000000003', 'The id is wrong'],
    ],
  ])('when Meta refuses them: %j', async (variables, sentences) => {
    const started = await startMeta();
    const system = await startWithMeta(started, ['--meta'], { variables, standIns: true });
    expect(await system.ended).toBe(1);
    for (const sentence of sentences) expect(system.output()).toContain(sentence);
    for (const value of Object.values(variables).filter((one) => one.length > 1))
      expect(system.output()).not.toContain(value);
    expect(await started.callbacks()).not.toHaveProperty('webhook_configuration.phone_number');
  });

  it('when no tunnel is installed', async () => {
    const started = await startMeta();
    const system = await startWithMeta(started, ['--meta'], { standIns: true });
    expect(await system.ended).toBe(1);
    const [, app] = system.ports;
    expect(system.output()).toContain(`  cloudflared tunnel --url http://127.0.0.1:${app}\n`);
    expect(system.output()).toContain(`  ngrok http 127.0.0.1:${app} --log stdout`);
    expect(system.output()).toContain(`  tailscale funnel ${app}\n`);
    await expect(fetch(`http://localhost:${app}/`)).rejects.toThrow('fetch failed');
  });

  it('when the callback of the number could not be set again', async () => {
    const started = await startMeta();
    const former = await startWebhookApp(0, 'c7a1e94b20d85f63');
    expect(await started.setCallback(former.url)).toBe(200);
    await former.close();
    const system = await startWithMeta(started, ['--meta'], { installed: ['ngrok'], standIns: true });
    expect(await system.ended).toBe(1);
    expect(system.output()).toContain(`The number has the callback ${former.url} already`);
    expect(await started.callbacks()).toMatchObject({ webhook_configuration: { phone_number: former.url } });
  });

  it('when the signal comes before the tunnel leads to the app', async () => {
    const started = await startMeta();
    const system = await startWithMeta(started, ['--meta'], { installed: ['ngrok'], standIns: true });
    await system.says(/Waiting until it leads to the app/);
    system.child.kill('SIGINT');
    expect(await system.ended).toBe(0);
    expect(await started.callbacks()).not.toHaveProperty('webhook_configuration.phone_number');
  });
});

test('a record that is not readable is named, and the offline system starts', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'data'));
  writeFileSync(join(folder, 'data', 'meta-callback.json'), '{"number":');
  const system = await startDev([], { folder });
  await system.says(/Everything is running/);
  expect(system.output()).toContain('data/meta-callback.json says which callback a former run left at Meta');
});

test.each([
  [['--tunnel=https://a.example'], '--tunnel belongs to --meta.'],
  [['--meta', '--channel=twilio'], '--meta and --channel exclude each other.'],
  [['--meta', '--tunnel=a.example'], '--tunnel takes an https:// address'],
  [['--meta', '--tunnel=https://a.example/?b'], '--tunnel takes an https:// address'],
])('%j is a wrong call', async (flags, sentence) => {
  const system = await startDev(flags);
  expect(await system.ended).toBe(2);
  expect(system.output()).toContain(sentence);
});

const CLOUDFLARED = `
2026-11-27T08:32:54Z INF Thank you for trying Cloudflare Tunnel. Terms: (https://www.cloudflare.com/website-terms/)
2026-11-27T08:32:54Z INF Requesting new quick Tunnel on trycloudflare.com...
2026-11-27T08:32:58Z INF |  Your quick Tunnel has been created! Visit it at (it may take some time to be reachable):  |
2026-11-27T08:32:58Z INF |  https://four-plain-english-words.trycloudflare.com                                         |
`;
const NGROK = `
t=2026-11-27T07:20:40+0000 lvl=info msg="starting web service" obj=web addr=127.0.0.1:4040 allow_hosts=[]
t=2026-11-27T07:20:40+0000 lvl=info msg="started tunnel" obj=tunnels name=command_line addr=http://127.0.0.1:8001 url=https://plain-words.ngrok-free.app
`;
const TAILSCALE = `Available on the internet:

https://laptop.tail1234.ts.net/
|-- proxy http://127.0.0.1:8001

Press Ctrl+C to exit.
`;

test.each([
  ['cloudflared', CLOUDFLARED, 'https://four-plain-english-words.trycloudflare.com'],
  ['cloudflared', CLOUDFLARED.split('\n').slice(0, 4).join('\n'), undefined],
  ['ngrok', NGROK, 'https://plain-words.ngrok-free.app'],
  ['tailscale', TAILSCALE, 'https://laptop.tail1234.ts.net'],
  ['tailscale', 'To enable, visit:\n\n\thttps://login.tailscale.com/f/funnel?node=abc\n', undefined],
])('the public address in the output of %s', (name, printed, url) => {
  const tunnel = TUNNELS.find((one) => one.name === name);
  expect(tunnel && publicUrlIn(tunnel, printed)).toBe(url);
});
