import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { deliver, textDelivery } from '../../fakes/delivery.ts';
import { temporaryFolder } from '../../fakes/folder.ts';
import { runProgram } from '../../fakes/program.ts';

const fixtures = join(import.meta.dirname, '../../fixtures/meta');

/** A delivery of the fixtures, about the part with this key, at this time. */
function about(fixture: string, key: string, at: number): Buffer {
  const body = readFileSync(join(fixtures, `${fixture}.json`), 'utf8')
    .replace('turn-1:0', key)
    .replace(/"wamid\.[^"]+"/, JSON.stringify(`wamid.of-${key}`))
    .replace('1760000000', String(Math.floor(at / 1000)));
  return Buffer.from(body);
}

it('an operator sees what a delivered answer costs, once, and that Meta prices it as an assistant', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'test.db');
  const server = runProgram('app/server.ts', {
    ...{ PORT: '0', SQLITE_PATH: path, ASSISTANT: 'echo', MOCK_META_API: 'true', BATCH_WINDOW_SECONDS: '0' },
  });
  await server.printed('"event":"listening"');
  const url = /"url":"([^"]+)"/.exec(server.output())?.[1] ?? '';
  expect((await deliver(url, textDelivery('wamid.1'))).status).toBe(200);
  await server.printed('"event":"turn"');
  const database = new DatabaseSync(path, { readOnly: true });
  const key = String(database.prepare('SELECT key FROM parts').get()?.key);
  database.close();

  const now = Date.now();
  const priced = about('status-general-purpose-ai', key, now);
  for (const body of [
    priced,
    priced,
    about('status-read', key, now),
    about('status-free-window', 'other', now),
  ]) {
    expect((await deliver(url, body)).status).toBe(200);
  }
  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(metrics).toContain('priced_parts_total{category="general_purpose_ai",billable="true"} 1');
  expect(metrics).toContain('notices_total{what="price_of_unknown_part"} 1');
  const { code, output } = await runProgram(
    'scripts/businesses.ts',
    { SQLITE_PATH: path },
    ['costs', '--json'],
    folder,
  ).ended;
  expect(code).toBe(0);
  expect(JSON.parse(output).costs).toEqual([
    { business: 'env', category: 'general_purpose_ai', country: 'FR', billable: 1, free: 0 },
  ]);
  server.child.kill('SIGTERM');
  await server.ended;
  const alarms = server.output().match(/.*"alarm":"general-purpose-ai".*/g) ?? [];
  expect(alarms).toEqual([expect.stringContaining('"business":"env"')]);
  expect(server.output()).toContain('another one sent it');
  expect(server.output()).not.toContain('33639980011');
});
