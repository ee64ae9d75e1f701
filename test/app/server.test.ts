import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, it } from 'vitest';
import { deliver, textDelivery } from '../fakes/delivery.ts';
import { temporaryFolder } from '../fakes/folder.ts';
import { fakeServer } from '../fakes/http-server.ts';
import { runProgram } from '../fakes/program.ts';

let path: string;
beforeEach(() => {
  path = join(temporaryFolder(), 'test.db');
});

const start = (environment: Record<string, string> = {}) =>
  runProgram('app/server.ts', {
    PORT: '0',
    SQLITE_PATH: path,
    ASSISTANT: 'echo',
    MOCK_META_API: 'true',
    ...environment,
  });

const registry = (uri: string) => ({
  BUSINESSES: 'mongodb',
  MONGODB_URI: uri,
  MONGODB_DB_NAME: 'x',
  ENCRYPTION_SECRET: `a:${Buffer.alloc(32).toString('base64')}`,
});

async function listening(environment: Record<string, string> = {}) {
  const server = start(environment);
  await server.printed('"event":"listening"');
  const line =
    server
      .output()
      .split('\n')
      .find((text) => text.includes('"event":"listening"')) ?? '{}';
  return { ...server, url: (JSON.parse(line) as { url: string }).url };
}

describe('npm start', () => {
  it('answers a delivery end to end, and exits with 0 on SIGTERM', async () => {
    const server = await listening({ BATCH_WINDOW_SECONDS: '0' });
    expect(await (await fetch(server.url)).json()).toMatchObject({ status: 'ok' });
    expect(await (await fetch(`${server.url}/ready`)).json()).toMatchObject({ ready: true });
    expect((await deliver(server.url, textDelivery('wamid.1'))).status).toBe(200);
    await server.printed('"event":"turn"');
    server.child.kill('SIGTERM');
    expect(await server.ended).toMatchObject({ code: 0 });
  });

  it('listens on loopback without a configuration, and logs the address', async () => {
    const server = await listening();
    expect(server.output()).toMatch(/"event":"listening","url":"[^"]*","address":"127\.0\.0\.1:\d+"/);
    server.child.kill('SIGTERM');
    await server.ended;
  });

  it('writes one line at its start, whatever LOGGING_LEVEL is', async () => {
    const server = await listening({ LOGGING_LEVEL: 'silent' });
    server.child.kill('SIGTERM');
    await server.ended;
    const lines = server.output().trim().split('\n');
    expect(lines).toEqual([expect.stringMatching(/"event":"listening".*"version":"[^"]+"/)]);
  });

  it('names once the variable to check when messages are for another number', async () => {
    const server = await listening({ META_BUSINESS_PHONE_NUMBER_ID: '555', BATCH_WINDOW_SECONDS: '0' });
    for (const id of ['wamid.1', 'wamid.2']) {
      expect((await deliver(server.url, textDelivery(id))).status).toBe(200);
    }
    server.child.kill('SIGTERM');
    await server.ended;
    expect(server.output().match(/"variable":"META_BUSINESS_PHONE_NUMBER_ID"/g)).toHaveLength(1);
  });

  it('continues after kill -9 with the stored messages, and accepts a redelivery without a second turn', async () => {
    const first = await listening({ BATCH_WINDOW_SECONDS: '900' });
    expect((await deliver(first.url, textDelivery('wamid.1'))).status).toBe(200);
    first.child.kill('SIGKILL');
    await first.ended;
    const second = await listening({ BATCH_WINDOW_SECONDS: '0' });
    await second.printed('"event":"turn"');
    expect((await deliver(second.url, textDelivery('wamid.1'))).status).toBe(200);
    const metrics = await (await fetch(`${second.url}/metrics`)).text();
    expect(metrics).toContain('turns_total{outcome="answered"} 1');
    expect(metrics).toContain('messages_total{kind="text",acceptance="done"} 1');
    second.child.kill('SIGTERM');
    await second.ended;
  });

  it('exits with 1 when its database thread ends, so that it is restarted', async () => {
    const signal = join(temporaryFolder(), 'break');
    const preload = `import { existsSync } from 'node:fs';
      import { isMainThread } from 'node:worker_threads';
      const check = () => { if (existsSync(${JSON.stringify(signal)})) throw new Error('the thread fails'); };
      if (!isMainThread) setInterval(check, 20);`;
    const server = await listening({
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(preload)}`,
    });
    writeFileSync(signal, '');
    expect(await server.ended).toEqual({
      code: 1,
      output: expect.stringContaining('the thread fails'),
    });
  });

  it('stops calling an assistant that rejects every request', async () => {
    const backend = await fakeServer((res) => res.writeHead(401).end());
    const server = await listening({
      BATCH_WINDOW_SECONDS: '0',
      LOGGING_LEVEL: 'debug',
      ASSISTANT: 'ansari',
      BACKEND_SERVER_URL: backend.url,
    });
    for (const phone of ['15550001111', '15550002222', '15550003333']) {
      await deliver(server.url, textDelivery(`wamid.${phone}`, { phone }));
    }
    await server.printed('the assistant is not called');
    expect(server.output().match(/"alarm":"backend-key"/g)).toHaveLength(1);
    server.child.kill('SIGTERM');
    await server.ended;
    await backend.close();
  });

  it('prints no text, number, token or message id', async () => {
    const server = await listening({
      BATCH_WINDOW_SECONDS: '0',
      LOGGING_LEVEL: 'debug',
      META_ACCESS_TOKEN_FROM_SYS_USER: 'EAAcanarytoken',
    });
    await deliver(server.url, textDelivery('wamid.CANARYID', { text: 'canary text' }));
    await server.printed('"event":"turn"');
    server.child.kill('SIGTERM');
    const { output } = await server.ended;
    for (const secret of [
      'canary text',
      '15550001111',
      'EAAcanarytoken',
      'CANARYID',
      'development-app-secret',
    ]) {
      expect(output).not.toContain(secret);
    }
  });

  it('reports every wrong variable at once and exits with 78', async () => {
    const { code, output } = await start({
      STORE: 'sqllite',
      BATCH_WINDOW_SECONDS: '-1',
      META_API_VERSION: 'v12.0',
    }).ended;
    expect(code).toBe(78);
    for (const name of ['STORE', 'BATCH_WINDOW_SECONDS', 'META_API_VERSION']) expect(output).toContain(name);
  });

  it.each([
    [
      {
        QUEUE: 'sqs',
        WHATSAPP_QUEUE_URL: 'https://sqs.us-west-2.amazonaws.com/1/turns',
        AWS_REGION: 'us-west-2',
      },
      /set both, or neither/,
    ],
    [
      registry('mongodb://ansari:hushed@127.0.0.1:1/?maxpool=1'),
      /^MONGODB_URI is no connection string that MongoDB's driver accepts: option maxpool is not supported$/m,
    ],
  ])('names what this version does not support', async (environment, sentence) => {
    const { code, output } = await start(environment).ended;
    expect(output).toMatch(sentence);
    expect(output).not.toContain('hushed');
    expect(code).toBe(78);
  });

  it('starts and stops without the MongoDB of its businesses, and takes no delivery for a number of nobody', async () => {
    const server = await listening(registry('mongodb://ansari:hushed@127.0.0.1:1/?directConnection=true'));
    expect((await fetch(server.url)).status).toBe(200);
    const refused = await deliver(server.url, textDelivery('wamid.1'));
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    const ready = await fetch(`${server.url}/ready`);
    expect([ready.status, await ready.json()]).toMatchObject([
      503,
      { ready: false, reason: expect.stringMatching(/^MongoDB: /) },
    ]);
    server.child.kill('SIGTERM');
    const { code, output } = await server.ended;
    expect(code).toBe(0);
    expect(output).toContain('MongoDB: no server of MONGODB_URI can be reached');
    expect(output).not.toContain('hushed');
  });

  it('reports that the port is in use', async () => {
    const other = createServer().listen(0);
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { code, output } = await start({ PORT: String(port) }).ended;
    other.close();
    expect(output.trim().split('\n')).toHaveLength(1);
    expect(output).toContain(`Port ${port} is in use`);
    expect(code).toBe(1);
  });

  it('reports an invalid database in one sentence', async () => {
    writeFileSync(path, 'something else entirely '.repeat(400));
    const { code, output } = await start().ended;
    expect(output.trim()).toBe(
      `SQLITE_PATH ${path}: this is not a SQLite database. Name another file, or move this one away`,
    );
    expect(code).toBe(78);
  });

  it('responds 503 while another program locks the database, stays healthy, and recovers', async () => {
    const server = await listening();
    // The server itself locks it for a moment at its start.
    const other = new DatabaseSync(path, { timeout: 5_000 });
    other.exec('BEGIN IMMEDIATE');
    const delivery = deliver(server.url, textDelivery('wamid.1'));
    const healthy = await fetch(`${server.url}/health`);
    expect(healthy.status).toBe(200);
    expect((await delivery).status).toBe(503);
    expect((await fetch(`${server.url}/ready`)).status).toBe(503);
    other.exec('ROLLBACK');
    other.close();
    expect((await deliver(server.url, textDelivery('wamid.1'))).status).toBe(200);
    server.child.kill('SIGTERM');
    await server.ended;
  });

  it('prints its usage', async () => {
    expect(await runProgram('app/server.ts', {}, ['--help']).ended).toMatchObject({
      code: 0,
      output: expect.stringContaining('npm start'),
    });
  });

  it.each([
    [['--wroker'], 'Unexpected argument: `--wroker`. See --help.'],
    [['worker'], 'Unexpected argument: `worker`. See --help.'],
    [['--worker', '--concurrency', '0'], '--concurrency takes a whole number from 1 to 1000, got 0.'],
    [['--worker', '--concurrency'], '--concurrency takes a whole number from 1 to 1000, got nothing.'],
    [['--concurrency=5'], '--concurrency needs --worker. See --help.'],
  ])('rejects invalid arguments: %s', async (args, message) => {
    expect(await runProgram('app/server.ts', { PORT: '0' }, args).ended).toEqual({
      code: 2,
      output: `${message}\n`,
    });
  });
});
