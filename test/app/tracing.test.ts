import { expect, it, onTestFinished } from 'vitest';
import { createAnsariAssistant } from '#app/assistants/ansari.ts';
import { setCurrentTurn, withCurrentTurn } from '#app/tracing/current-turn.ts';
import { traceparentOf } from '#app/tracing/traceparent.ts';
import { fakeServer } from '../fakes/http-server.ts';
import { realClock } from '../fakes/real-clock.ts';

const signal = new AbortController().signal;

async function startBackend() {
  const server = await fakeServer((response) => response.writeHead(200).end('{"thread_id":"t"}'));
  onTestFinished(() => server.close());
  const assistantWith = (sampled: boolean) =>
    createAnsariAssistant({
      ...{ serverUrl: server.url, apiKey: () => 'key', clock: realClock },
      headersOfCall: traceparentOf(sampled),
    });
  return { server, assistantWith };
}

it('the calls of a turn carry its trace, and every attempt another span', async () => {
  const { server, assistantWith } = await startBackend();
  const ask = (turn: string, attempt: number, sampled = true) =>
    withCurrentTurn(async () => {
      setCurrentTurn({ turn, attempt });
      await assistantWith(sampled).openThread('1555', 'zakat', signal);
    });
  await Promise.all([ask('turn-1', 1), ask('turn-2', 1)]);
  await ask('turn-1', 2);
  await ask('turn-1', 2, false);
  const headers = server.seen.map((request) => String(request.headers.traceparent));
  for (const header of headers) expect(header).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-0[01]$/);
  expect(new Set(headers.map((header) => header.split('-')[1])).size).toBe(2);
  expect(headers[2]?.slice(0, -2)).toBe(headers[3]?.slice(0, -2));
  expect(headers[2]).toMatch(/01$/);
  expect(headers[3]).toMatch(/00$/);
  expect(new Set(headers.map((header) => header.split('-')[2])).size).toBe(3);
});

it('a call outside a turn carries none', async () => {
  const { server, assistantWith } = await startBackend();
  await assistantWith(true).openThread('1555', 'zakat', signal);
  setCurrentTurn({ turn: 'turn-1', attempt: 1 });
  await assistantWith(true).openThread('1555', 'zakat', signal);
  expect(server.seen.map(({ headers }) => headers.traceparent)).toEqual([undefined, undefined]);
});
