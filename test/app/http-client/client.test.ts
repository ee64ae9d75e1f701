import { setImmediate as nextLoop } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { createHttpClient } from '#app/http-client/client.ts';
import { fakeServer } from '../../fakes/http-server.ts';
import { keepLoopBusy, startPromptServer } from '../../fakes/prompt-server.ts';
import { realClock } from '../../fakes/real-clock.ts';

it('reads a response completely that starts before the request has ended', async () => {
  const url = await startPromptServer('{"success":true}');
  const call = createHttpClient({ name: 'the backend', url, headers: {}, clock: realClock });
  keepLoopBusy();
  const answers: string[] = [];
  for (let n = 0; n < 20; n += 1) {
    await nextLoop();
    const answer = await call({ method: 'POST', path: '/', json: { text: 'a question' } });
    answers.push(await answer.text());
  }
  expect(answers).toEqual(Array(20).fill('{"success":true}'));
});

it.each(['GET', 'POST', 'DELETE'] as const)('ends a %s without a body', async (method) => {
  const server = await fakeServer((response) => response.end('{}'));
  onTestFinished(() => server.close());
  const call = createHttpClient({ name: 'the backend', url: server.url, clock: realClock });
  const answer = await call({ method, path: '/' });
  expect(await answer.text()).toBe('{}');
  expect(server.seen[0]).toMatchObject({ method, body: '' });
  expect(server.seen[0]?.headers['content-length']).toBe(method === 'GET' ? undefined : '0');
});
