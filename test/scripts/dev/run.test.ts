import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';

const PROGRAM = fileURLToPath(new URL('../../fakes/dev.ts', import.meta.url));

interface Dev {
  readonly child: ChildProcess;
  readonly ports: readonly [number, number, number];
  output(): string;
  /** Resolves when the output has it. */
  says(what: RegExp): Promise<void>;
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
}

async function dev(more: readonly string[] = [], ports?: readonly [number, number, number]): Promise<Dev> {
  const [backend, app, simulator] = ports ?? [await freePort(), await freePort(), await freePort()];
  const flags = [`--backend-port=${backend}`, `--app-port=${app}`, `--simulator-port=${simulator}`];
  const child = spawn(process.execPath, [PROGRAM, ...flags, ...more], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const ended = once(child, 'close').then(([code, signal]) => code ?? signal);
  return {
    child,
    ports: [backend, app, simulator],
    output: () => output,
    async says(what) {
      const stopped = ended.then((end) => {
        if (!what.test(output)) throw new Error(`ended with ${end}: ${output}`);
      });
      while (!what.test(output)) await Promise.race([once(child.stdout, 'data'), stopped]);
    },
    ended,
  };
}

const used = new Set<number>();

/** Returns a port below the ephemeral ports, so that no other program gets it before it is used. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    if (used.has(port)) continue;
    used.add(port);
    const server = createServer();
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, () => server.close(() => resolve(true)));
    });
    if (free) return port;
  }
}

const partSchema = z.object({ pid: z.number(), environment: z.record(z.string(), z.string()) });

async function part(port: number) {
  return partSchema.parse(await (await fetch(`http://localhost:${port}/`)).json());
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
      BACKEND_SERVER_URL: `http://localhost:${backendPort}`,
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
  const system = await dev([], [backend, port, await freePort()]);

  expect(await system.ended).toBe(1);
  expect(system.output()).toBe(
    `Port ${port}, meant for the app, is taken: choose another with --app-port.\n`,
  );
  await expect(fetch(`http://localhost:${backend}/`)).rejects.toThrow('fetch failed');
});

test('when one part ends, it is reported and the rest stops', async () => {
  const system = await dev();
  await system.says(/Everything is running/);
  const app = await part(system.ports[1]);
  await fetch(`http://localhost:${system.ports[0]}/end`).catch(() => {});

  expect(await system.ended).toBe(1);
  expect(system.output()).toMatch(/^The backend ended with code 3: stopping the rest\.$/m);
  expect(lives(app.pid)).toBe(false);
});

test('no part outlives npm run dev, even when it is killed', async () => {
  const system = await dev();
  await system.says(/Everything is running/);
  system.child.kill('SIGKILL');
  for (const port of system.ports) {
    const gone = () =>
      fetch(`http://localhost:${port}/`).then(
        () => false,
        () => true,
      );
    await expect.poll(gone).toBe(true);
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
