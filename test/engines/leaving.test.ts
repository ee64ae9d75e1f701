import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { deliver, textDelivery } from '../fakes/delivery.ts';
import { temporaryFolder } from '../fakes/folder.ts';
import { fakeServer } from '../fakes/http-server.ts';
import { runProgram } from '../fakes/program.ts';

it('releases turns at shutdown although a client never stops sending', async () => {
  const silent = await fakeServer(() => new Promise(() => {}));
  onTestFinished(() => silent.close());
  const app = runProgram('app/server.ts', {
    PORT: '0',
    SQLITE_PATH: join(temporaryFolder(), 'test.db'),
    BATCH_WINDOW_SECONDS: '0',
    BACKEND_SERVER_URL: silent.url,
    MOCK_META_API: 'true',
  });
  await app.printed('"event":"listening"');
  const url = /"url":"([^"]+)"/.exec(app.output())?.[1] ?? '';
  await deliver(url, textDelivery('wamid.1'));
  await expect.poll(() => silent.seen.length).toBe(1);

  const slow = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {});
  await once(slow, 'connect');
  slow.write('POST /whatsapp/v2 HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n{');
  const trickle = setInterval(() => slow.writable && slow.write('a'), 200);
  onTestFinished(() => clearInterval(trickle));

  app.child.kill('SIGTERM');
  expect(await app.ended).toMatchObject({ code: 0, output: expect.stringContaining('"outcome":"stopped"') });
});
