import { once } from 'node:events';
import net from 'node:net';
import { setImmediate as nextLoop } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { createGraphClient } from '#app/channels/meta/graph.ts';
import { keepLoopBusy, startPromptServer } from '../../../fakes/prompt-server.ts';
import { realClock } from '../../../fakes/real-clock.ts';

const clientOf = (url: string) =>
  createGraphClient({ url, timeouts: { connectMs: 5_000, totalMs: 5_000 }, clock: realClock });

/** Longer than a socket buffer, so that the response arrives before the request has been sent. */
const LONG = 'x'.repeat(64 * 1024 * 1024);
const ANSWER = 'HTTP/1.1 200 OK\r\ncontent-length: 16\r\n\r\n{"success":true}';

it('causes no uncaught error when a call is aborted whose response arrived before the request was sent', async () => {
  const server = net.createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.pause().write(ANSWER));
    onTestFinished(() => void socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const stop = new AbortController();
  const answer = await clientOf(`http://127.0.0.1:${port}`)({
    path: '/',
    accessToken: 'secret-token',
    body: { text: LONG },
    signal: stop.signal,
  });
  expect(answer).toMatchObject({ status: 200, body: { success: true } });
  // The response has been read, so an error now would be uncaught and end the process.
  const errors: unknown[] = [];
  const record = (error: unknown) => void errors.push(error);
  process.on('uncaughtException', record);
  onTestFinished(() => void process.off('uncaughtException', record));
  stop.abort(new Error('the turn has ended'));
  await new Promise((resolve) => setImmediate(resolve));
  expect(errors).toEqual([]);
});

it('reads a response completely that starts before the request has ended', async () => {
  const url = await startPromptServer('{"success":true}');
  const post = clientOf(url);
  keepLoopBusy();
  const answers: unknown[] = [];
  for (let n = 0; n < 20; n += 1) {
    await nextLoop();
    const answer = await post({
      path: '/',
      accessToken: 'secret-token',
      body: { text: 'a reply' },
      signal: new AbortController().signal,
    });
    answers.push(answer.body);
  }
  expect(answers).toEqual(Array(20).fill({ success: true }));
});
