import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { notifier } from '#scripts/businesses/notify.ts';
import { CommandError, UsageError } from '#scripts/errors.ts';
import { temporaryFolder } from '../../fakes/folder.ts';
import { fakeServer } from '../../fakes/http-server.ts';

const folder = temporaryFolder();
const file = join(folder, 'admin-token');
writeFileSync(file, 'an-admin-token\n');

async function service(status: number) {
  const server = await fakeServer((response) => response.writeHead(status).end());
  onTestFinished(() => server.close());
  return server;
}

describe('after a change', () => {
  it('says how services notice', async () => {
    const notified = await (await notifier({}))(['1']);
    expect(notified).toMatchObject({ ok: true });
    expect(notified.lines.join()).toContain('BUSINESS_CACHE_TTL');
  });

  it('makes a service forget each number', async () => {
    const { url, seen } = await service(200);
    const notified = await (await notifier({ url: `${url}/`, 'admin-token-file': file }))(['1', '2']);
    expect(notified.ok).toBe(true);
    expect(seen.map(({ method, url, headers }) => [method, url, headers.authorization])).toEqual([
      ['DELETE', '/admin/cache/1', 'Bearer an-admin-token'],
      ['DELETE', '/admin/cache/2', 'Bearer an-admin-token'],
    ]);
  });

  it.each([
    [401, 'refused the token'],
    [404, 'set ADMIN_TOKEN'],
    [503, 'HTTP 503'],
    [302, 'HTTP 302'],
  ])('says that the change is stored and the service did not forget: %s', async (status, words) => {
    const { url, seen } = await service(status);
    const notified = await (await notifier({ url, 'admin-token-file': file }))(['1', '2']);
    expect(notified).toEqual({ ok: false, lines: [expect.stringContaining(words)] });
    expect(notified.lines[0]).toMatch(/^The change is stored/);
    expect(seen).toHaveLength(1);
  });

  it('says that the service is away', async () => {
    const server = await service(200);
    await server.close();
    const notified = await (await notifier({ url: server.url, 'admin-token-file': file }))(['1']);
    expect(notified).toEqual({ ok: false, lines: [expect.stringContaining('ECONNREFUSED')] });
  });
});

describe('before a change', () => {
  it.each([
    [{ url: 'https://x.example' }, 'belong together'],
    [{ 'admin-token-file': file }, 'belong together'],
    [{ url: 'x.example', 'admin-token-file': file }, 'https:// address'],
    [{ url: 'http://x.example', 'admin-token-file': file }, 'https:// address'],
  ])('refuses %j', async (values, words) => {
    const error = await notifier(values).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(UsageError);
    expect(String(error)).toContain(words);
  });

  it('does not repeat a token that stands where a file should', async () => {
    const values = { url: 'https://x.example', 'admin-token-file': 'an-admin-token' };
    const error = await notifier(values).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(CommandError);
    expect(String(error)).not.toContain('an-admin-token');
  });
});
