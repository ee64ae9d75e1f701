import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { bareEnvironment } from '../fakes/bare-environment.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'backend-'));
});
afterEach(() => rm(folder, { recursive: true }));

function run(env: Record<string, string>, ...args: string[]) {
  const child = spawn(process.execPath, ['app/backend.ts', ...args], {
    env: { ...bareEnvironment(), BACKEND_SQLITE_PATH: join(folder, 'backend.db'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data));
  const ended = once(child, 'close').then(([code]) => ({ code, output }));
  return { child, ended, lines: createInterface(child.stderr) };
}

test.each(['SIGTERM', 'SIGINT'] as const)('serves until %s, then exits with 0', async (signal) => {
  const { child, ended, lines } = run({ PORT: '0' });
  const [line] = await once(lines, 'line');
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
  const response = await fetch(`${url}/whatsapp/v2/users/exists?phone_num=1`, {
    headers: { 'x-whatsapp-api-key': 'development-backend-key' },
  });
  expect(await response.json()).toEqual({ exists: false });
  child.kill(signal);
  expect(await ended).toMatchObject({ code: 0 });
});

test('reports a port in use in one sentence', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const { code, output } = await run({ PORT: String(port) }).ended;
  expect({ code, output }).toEqual({
    code: 1,
    output: `Port ${port} is in use by another program: stop that one, or set BACKEND_PORT to another number.\n`,
  });
  other.close();
});

test('reports all problems of the configuration', async () => {
  const { code, output } = await run({ PORT: 'x', DEPLOYMENT_TYPE: 'production' }).ended;
  expect(code).toBe(78);
  expect(output).toMatch(/^PORT: .*\nBACKEND_API_KEYS: is missing\n$/);
});

test('exits with 2 for an unknown option', async () => {
  const { code, output } = await run({ PORT: '0' }, '--port=8002').ended;
  expect(code).toBe(2);
  expect(output).toBe('Unexpected argument: `--port=8002`. See --help.\n');
});

test('reads the failure mode from its options', async () => {
  const args = ['--model=fails', '--database', 'down', '--web-user', '1555'];
  const { child, ended, lines } = run({ PORT: '0', OPENAI_API_KEY: 'sk', OPENAI_MODEL: 'm' }, ...args);
  const [line] = await once(lines, 'line');
  expect(line).toMatch(/\(fails, database down\)$/);
  child.kill('SIGTERM');
  expect(await ended).toMatchObject({ code: 0 });
});

test('prints the usage for --help', async () => {
  const { code, output } = await run({ PORT: 'x' }, '--help').ended;
  expect(code).toBe(0);
  expect(output).toContain('npm run backend');
  for (const variable of [
    'PORT',
    'BACKEND_API_KEYS',
    'BACKEND_SQLITE_PATH',
    'OPENAI_API_KEY',
    '--model',
    '--database',
    '--web-user',
  ]) {
    expect(output).toContain(variable);
  }
});
