import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { listenLocally, stop } from '../fakes/recorded-requests.ts';

const ANSWER = { kind: 'text', text: 'An answer.' };

/** Starts a simulator that answers like this. Resolves to its address, and to what it was asked. */
async function startStandIn(status: number, body: unknown) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(status).end(JSON.stringify(body));
  });
  onTestFinished(() => stop(server));
  return { asked, url: `http://127.0.0.1:${await listenLocally(server)}` };
}

function deliver(...args: string[]): Promise<{ code: number | string; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['scripts/deliver.ts', ...args], (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });
}

test('npm run deliver -- --chat replays a chat, and fails when other replies come', async () => {
  const same = { person: '15551234567', same: true, expected: [ANSWER], sent: [ANSWER] };
  const { url, asked } = await startStandIn(200, same);
  expect(await deliver('--chat', 'arabic', '--simulator', url)).toEqual({
    code: 0,
    stdout: 'text: An answer.\nreplies to 15551234567: 1, as recorded\n',
    stderr: '',
  });
  expect(asked).toEqual(['POST /control/recordings/arabic/replay']);

  const other = await startStandIn(200, { ...same, same: false, expected: [ANSWER, ANSWER] });
  const failed = await deliver('--chat', 'arabic', '--simulator', other.url);
  expect(failed).toMatchObject({ code: 1, stdout: expect.stringContaining('not the 2 that were recorded') });
});

test('npm run deliver -- --chat says what is wrong', async () => {
  const { url } = await startStandIn(404, { error: 'there is no recorded chat none' });
  const unknown = await deliver('--chat', 'none', '--simulator', url);
  expect(unknown).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('there is no recorded chat none'),
  });
  const nobody = await deliver('--chat', 'none', '--simulator', 'http://127.0.0.1:9');
  expect(nobody).toMatchObject({ code: 1, stderr: expect.stringMatching(/Is `npm run dev` running\?/) });
  const both = await deliver('--chat', 'none', 'a text');
  expect(both).toMatchObject({ code: 2, stderr: expect.stringContaining('--chat') });
});
