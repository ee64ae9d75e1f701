import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { temporaryFolder } from '../../fakes/folder.ts';
import { startDev as dev, freePort } from './start-dev.ts';

const partSchema = z.object({ pid: z.number(), environment: z.record(z.string(), z.string()) });

async function part(port: number) {
  return partSchema.parse(await (await fetch(`http://localhost:${port}/`)).json());
}

function responds(port: number): Promise<boolean> {
  return fetch(`http://localhost:${port}/`).then(
    () => true,
    () => false,
  );
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  'all of it answers, and %s stops all of it',
  async (signal) => {
    const system = await dev();
    const [backendPort, appPort, simulatorPort] = system.ports;
    await system.says(/Everything is running\. Open http:\/\/localhost:/);
    const [backend, app] = await Promise.all([part(backendPort), part(appPort)]);
    expect((await fetch(`http://localhost:${simulatorPort}/control/state`)).status).toBe(200);
    expect(app.environment).toMatchObject({
      BACKEND_SERVER_URL: `http://localhost:${simulatorPort}/assistant`,
      META_API_URL: `http://localhost:${simulatorPort}`,
      META_APP_SECRET: 'development-app-secret',
      WHATSAPP_SERVICE_API_KEY: backend.environment.WHATSAPP_SERVICE_API_KEY,
    });

    system.child.kill(signal);

    expect(await system.ended).toBe(0);
    expect([backend, app].map(({ pid }) => lives(pid))).toEqual([false, false]);
    await expect(fetch(`http://localhost:${simulatorPort}/`)).rejects.toThrow('fetch failed');
    expect(system.output()).toMatch(/^app +\| leaving well$/m);
    expect(system.output()).toMatch(/^backend +\| leaving well$/m);
  },
);

test('with --channel twilio, the app gets the account of the simulated Twilio, which delivers to it', async () => {
  const system = await dev(['--channel=twilio']);
  const [, appPort, simulatorPort] = system.ports;
  await system.says(/Everything is running/);
  const { environment } = await part(appPort);
  expect(environment).toMatchObject({
    TWILIO_ACCOUNT_SID: expect.stringMatching(/^AC[0-9a-f]{32}$/),
    TWILIO_AUTH_TOKEN: 'development-auth-token',
    TWILIO_WHATSAPP_NUMBER: '+14155238886',
    TWILIO_API_URL: `http://localhost:${simulatorPort}`,
    PUBLIC_URL: `http://localhost:${appPort}`,
  });
  const state = await fetch(`http://localhost:${simulatorPort}/control/state`);
  expect(await state.json()).toMatchObject({ channel: 'twilio' });
  expect(system.output()).toContain(`delivers to http://localhost:${appPort}/whatsapp/twilio`);
});

test('Ctrl-C in a terminal, which also reaches every part, is not reported as a failure', async () => {
  const system = await dev();
  await system.says(/Everything is running/);
  process.kill(-(system.child.pid ?? 0), 'SIGINT');
  expect(await system.ended).toBe(0);
  expect(system.output()).not.toMatch(/ended/);
});

test('a taken port is reported with its flag, and nothing is left running', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  onTestFinished(() => void other.close());
  const address = other.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const backend = await freePort();
  const system = await dev([], { ports: [backend, port, await freePort()] });

  expect(await system.ended).toBe(1);
  expect(system.output()).toBe(
    `Port ${port}, meant for the app, is taken: choose another with --app-port.\n`,
  );
  await expect(fetch(`http://localhost:${backend}/`)).rejects.toThrow('fetch failed');
});

test('a part that crashes is started again, later after each crash, beside the others', async () => {
  const system = await dev();
  await system.says(/Everything is running/);
  const [backendPort, appPort, simulatorPort] = system.ports;
  const app = await part(appPort);
  for (const seconds of [1, 2]) {
    await fetch(`http://localhost:${backendPort}/end`).catch(() => {});
    await system.says(new RegExp(`^backend ended with code 3: it starts again in ${seconds} s$`, 'm'));
    await expect.poll(() => responds(backendPort)).toBe(true);
  }
  process.kill(app.pid, 'SIGKILL');
  await system.says(/^app ended by SIGKILL: it starts again in 1 s$/m);
  await expect.poll(() => responds(appPort)).toBe(true);
  expect((await fetch(`http://localhost:${simulatorPort}/control/state`)).status).toBe(200);
});

test('a part that ends before it has responded is not started again by itself', async () => {
  const system = await dev([], { variables: { END_AT_START: 'app' } });
  await system.says(
    /^app ended with code 4 before it responded: it starts again when a file under app\/ changes$/m,
  );
  await expect.poll(() => responds(system.ports[0])).toBe(true);
  await sleep(500);
  system.child.kill('SIGINT');
  expect(await system.ended).toBe(0);
  expect(system.output().match(/^app ended/gm)).toHaveLength(1);
});

test('a simulator that cannot start ends all of it', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'data', 'simulator-meta.json'), { recursive: true });
  const system = await dev([], { folder });
  expect(await system.ended).toBe(1);
  expect(system.output()).toMatch(
    /^simulator \| The chats cannot be kept in data\/simulator-meta\.json: it is no regular file\.$/m,
  );
  expect(system.output()).toMatch(/^The simulator ended with code 1: stopping the rest\.$/m);
  await expect(fetch(`http://localhost:${system.ports[0]}/`)).rejects.toThrow('fetch failed');
});

test('no part outlives npm run dev, even when it is killed', async () => {
  const system = await dev();
  await system.says(/Everything is running/);
  system.child.kill('SIGKILL');
  for (const port of system.ports) {
    await expect.poll(() => responds(port)).toBe(false);
  }
});

test.each([
  [['--help'], 0, /^Usage: npm run dev/],
  [['--port=1'], 2, /Unknown option '--port'/],
  [['--channel=sms'], 2, /--channel takes meta or twilio, not sms\./],
  [['--app-port=eight'], 2, /A port is a number from 1 to 65535, not eight\./],
  [
    ['--backend-port=5', '--app-port=5'],
    1,
    /Port 5 is meant for the backend and for the app: choose another/,
  ],
])('%o ends at once', async (flags, code, output) => {
  const system = await dev(flags);
  expect(await system.ended).toBe(code);
  expect(system.output()).toMatch(output);
});
