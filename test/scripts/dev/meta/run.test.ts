import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../fakes/folder.ts';
import { AMINA } from '../../simulator/start-with-app.ts';
import { freePort } from '../start-dev.ts';
import { startMeta, startWithMeta, VARIABLES } from './start-meta.ts';

const RECORD = join('data', 'meta-callback.json');
const WRITE = /Write to \+1 555-000-9999 in WhatsApp\./;

test('the number is answered by this machine over a tunnel, until Ctrl-C', { timeout: 60_000 }, async () => {
  const started = await startMeta();
  const { meta, service, callbacks } = started;
  const folder = temporaryFolder();
  const system = await startWithMeta(started, ['--meta'], { folder, installed: ['cloudflared', 'ngrok'] });
  await system.says(WRITE);
  const tunnel = /The tunnel is (http:\S+)\. Waiting/.exec(system.output())?.[1];
  const callback = `${tunnel}/whatsapp/v2`;
  expect(await callbacks()).toMatchObject({ webhook_configuration: { phone_number: callback } });

  meta.say(AMINA, 'Hello there');
  await expect.poll(() => meta.replies.list(AMINA).length, { timeout: 15_000 }).toBeGreaterThan(0);
  expect(service.taken).toEqual([]);
  const record = readFileSync(join(folder, RECORD), 'utf8');
  expect(JSON.parse(record)).toMatchObject({ callback, before: '', apiUrl: meta.url });
  expect(statSync(join(folder, RECORD)).mode & 0o777).toBe(0o600);
  expect((await fetch(`${tunnel}/metrics`)).status).toBe(401);

  process.kill(-(system.child.pid ?? 0), 'SIGINT');
  expect(await system.ended).toBe(0);
  expect(system.output()).toContain('The callback of the number at Meta is none again.');
  expect(await callbacks()).toMatchObject({ webhook_configuration: { application: service.url } });
  expect(await callbacks()).not.toMatchObject({ webhook_configuration: { phone_number: callback } });
  expect(() => statSync(join(folder, RECORD))).toThrow('ENOENT');
  await expect(fetch(`${tunnel}/`)).rejects.toThrow('fetch failed');
  for (const secret of [...Object.values(VARIABLES).slice(0, 3)]) {
    expect(system.output() + record).not.toContain(secret);
  }
});

test('a tunnel that ends ends all of it, and the former callback is set again', {
  timeout: 60_000,
}, async () => {
  const started = await startMeta();
  const { service, callbacks, setCallback } = started;
  expect(await setCallback(service.url)).toBe(200);
  const system = await startWithMeta(started, ['--meta'], { installed: ['ngrok'] });
  await system.says(WRITE);
  expect(system.output()).toContain(`(${service.url} before)`);
  const tunnel = /The tunnel is (http:\S+)\. Waiting/.exec(system.output())?.[1];
  await fetch(`${tunnel}/end-tunnel`).catch(() => {});
  expect(await system.ended).toBe(1);
  expect(system.output()).toContain('The tunnel (ngrok) ended with code 3: stopping the rest.');
  expect(await callbacks()).toMatchObject({ webhook_configuration: { phone_number: service.url } });
});

test('what a killed run left is taken back at the next start, whatever that is for', {
  timeout: 90_000,
}, async () => {
  const started = await startMeta();
  const { service, callbacks, setCallback } = started;
  expect(await setCallback(service.url)).toBe(200);
  const folder = temporaryFolder();
  const first = await startWithMeta(started, ['--meta'], { folder, installed: ['cloudflared'] });
  await first.says(WRITE);
  const tunnel = /The tunnel is (http:\S+)\. Waiting/.exec(first.output())?.[1] ?? '';

  // Another one in the same folder leaves it alone while it is in use.
  const beside = await startWithMeta(started, ['--meta', '--tunnel=http://127.0.0.1:9'], { folder });
  expect(await beside.ended).toBe(1);
  expect(beside.output()).toMatch(/Another npm run dev -- --meta \(process \d+\) has the callback/);

  first.child.kill('SIGKILL');
  await first.ended;
  const ours = { webhook_configuration: { phone_number: `${tunnel}/whatsapp/v2` } };
  expect(await callbacks()).toMatchObject(ours);
  // No tunnel to this machine stays open.
  await expect.poll(() => fetch(tunnel).catch(() => 'away'), { timeout: 15_000 }).toBe('away');

  const refused = await startWithMeta(started, [], {
    ...{ folder, standIns: true },
    variables: { META_ACCESS_TOKEN_FROM_SYS_USER: 'EAAGanotherTokenOfNobody1' },
  });
  await refused.says(/Everything is running/);
  const command = `Do it yourself: npm run meta -- override set ${service.url} --number 100000000000001\n`;
  expect(refused.output()).toContain('did not end well');
  expect(refused.output()).toContain('could not be taken back: Meta says 190');
  expect(refused.output()).toContain(command);
  refused.child.kill('SIGINT');
  expect(await refused.ended).toBe(0);
  expect(await callbacks()).toMatchObject(ours);

  const next = await startWithMeta(started, [], { folder, standIns: true });
  await next.says(/Everything is running/);
  expect(next.output()).toContain(`The callback of the number at Meta is ${service.url} again.`);
  expect(await callbacks()).toMatchObject({ webhook_configuration: { phone_number: service.url } });
  expect(() => statSync(join(folder, RECORD))).toThrow('ENOENT');
});

test('a callback that somebody else set meanwhile stays', { timeout: 60_000 }, async () => {
  const started = await startMeta();
  const { service, callbacks, setCallback } = started;
  const port = await freePort();
  const flags = ['--meta', `--app-port=${port}`, `--tunnel=http://127.0.0.1:${port}`];
  const system = await startWithMeta(started, flags);
  await system.says(WRITE);
  expect(await setCallback(service.url)).toBe(200);
  system.child.kill('SIGTERM');
  expect(await system.ended).toBe(0);
  expect(system.output()).toContain(`is ${service.url}, which was set meanwhile: it stays.`);
  expect(await callbacks()).toMatchObject({ webhook_configuration: { phone_number: service.url } });
});
