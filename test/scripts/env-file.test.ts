import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cpSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, expect, it } from 'vitest';
import type { ConversationStore } from '#app/ports/store.ts';
import { openSqliteStore } from '#app/stores/sqlite/store.ts';
import { temporaryFolder } from '../fakes/folder.ts';
import { fakeServer } from '../fakes/http-server.ts';
import { AISHA, message } from '../fakes/messages.ts';
import { wallClock as clock } from '../fakes/wall-clock.ts';

const root = join(import.meta.dirname, '..', '..');
const START_MS = 30_000;

/** A checkout, whose `.env` is its own. */
let checkout: string;
beforeEach(() => {
  checkout = temporaryFolder();
  cpSync(join(root, 'package.json'), join(checkout, 'package.json'));
  for (const name of ['app', 'infra', 'scripts', 'test', 'node_modules']) {
    symlinkSync(join(root, name), join(checkout, name));
  }
});

async function npmRun(...args: readonly string[]): Promise<string> {
  const { PATH } = process.env;
  const options = { cwd: checkout, env: { PATH, HOME: checkout } };
  return (await promisify(execFile)('npm', ['run', '--silent', ...args], options)).stdout;
}

async function storeOfService(): Promise<{ store: ConversationStore; path: string }> {
  const path = join(checkout, 'kept', 'real.db');
  const store = await openSqliteStore({ path, clock, newId: randomUUID });
  writeFileSync(join(checkout, '.env'), `SQLITE_PATH=${path}\nMETA_APP_SECRET=of-the-file\n`);
  return { store, path };
}

it('npm run erase uses the store of the service on this machine', { timeout: START_MS }, async () => {
  const { store, path } = await storeOfService();
  await store.accept([message()]);
  expect(await npmRun('erase', '--', AISHA.phone ?? '')).toContain(`Erased in ${path} at `);
  expect(await store.backlog()).toMatchObject({ waiting: 0 });
  await store.close();
});

it('npm run redrive uses the same store', { timeout: START_MS }, async () => {
  const { store, path } = await storeOfService();
  expect(await npmRun('redrive', '--', 'local')).toBe(`No dead letters in ${path}.\n`);
  await store.close();
});

it('npm run deliver signs with the secret of this machine', { timeout: START_MS }, async () => {
  const { store } = await storeOfService();
  await store.close();
  const receiver = await fakeServer((response) => response.end('{}'));
  const deliver = ['deliver', '--', 'text', '--as-is', '--url', receiver.url];
  await npmRun(...deliver);
  await npmRun(...deliver, '--secret', 'of-the-file');
  const [own, said] = receiver.seen.map(({ headers }) => headers['x-hub-signature-256']);
  expect(own).toMatch(/^sha256=/);
  expect(own).toBe(said);
  await receiver.close();
});

it.each(['start', 'backend', 'deliver'])(
  'npm run %s says nothing about a file that is not there',
  async (name) => {
    const { PATH } = process.env;
    const options = { cwd: checkout, env: { PATH, HOME: checkout } };
    const { stdout, stderr } = await promisify(execFile)(
      'npm',
      ['run', '--silent', name, '--', '--help'],
      options,
    );
    expect([stdout.slice(0, 6), stderr]).toEqual(['Usage:', '']);
  },
);
