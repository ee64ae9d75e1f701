import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { idsOfTurn } from '#app/tracing/trace-ids.ts';
import type { FaultRule } from '#scripts/simulator/faults.ts';
import type { Simulator } from '#scripts/simulator/simulator.ts';
import { listenLocally, stop } from '../../../fakes/recorded-requests.ts';
import { AMINA, control, startWithApp } from '../start-with-app.ts';
import { hopOf, hopsOf } from '../timeline/read.ts';

const QUESTION = '/assistant/whatsapp/v2/messages/process';
const TURN = 'turn-1';

/** Starts a simulator whose app has the assistant, and a turn of Amina. */
async function startWithAssistant(answer: RequestListener, faults: readonly FaultRule[] = []) {
  const server = createServer(answer);
  const port = await listenLocally(server, 0);
  onTestFinished(() => stop(server));
  const [simulator] = await startWithApp({ records: true, faults });
  simulator.receive({
    kind: 'app-starts',
    environment: { META_APP_SECRET: 'development-app-secret' },
    assistantUrl: `http://127.0.0.1:${port}`,
  });
  simulator.say(AMINA, 'salam');
  return { simulator, claim: () => claim(simulator, AMINA) };
}

/** What the log of the app says when a worker takes a message of this person. */
function claim(simulator: Simulator, person: string): void {
  // The key of a part names the turn as well.
  void control(simulator, 'deliver', {
    entry: [
      {
        changes: [{ value: { statuses: [{ recipient_id: person, biz_opaque_callback_data: `${TURN}.0` }] } }],
      },
    ],
  });
}

function ask(simulator: Simulator, path = QUESTION, init: RequestInit = {}): Promise<Response> {
  const headers = {
    traceparent: `00-${idsOfTurn(TURN, 1).traceId}-0000000000000001-01`,
    'x-whatsapp-api-key': 'key',
  };
  return fetch(`${simulator.url}${path}`, { method: 'POST', body: '{"message":"salam"}', headers, ...init });
}

async function assistantHops(simulator: Simulator) {
  return (await hopsOf(simulator, AMINA)).filter(({ kind }) => kind === 'assistant');
}

test('calls go on byte for byte, and their answers come back as they are', async () => {
  const bytes = randomBytes(300_000);
  const seen: unknown[] = [];
  const { simulator, claim } = await startWithAssistant(async (incoming, response) => {
    seen.push(incoming.method, incoming.url, incoming.headers['x-whatsapp-api-key'], await buffer(incoming));
    response.writeHead(207, 'Odd', { 'x-odd': 'one', 'content-type': 'application/odd' }).end(bytes);
  });
  claim();
  const response = await ask(simulator, `${QUESTION}?a=1&b=%20`, { body: bytes });
  expect([response.status, response.statusText, response.headers.get('x-odd')]).toEqual([207, 'Odd', 'one']);
  expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
  expect(seen.slice(0, 3)).toEqual(['POST', '/whatsapp/v2/messages/process?a=1&b=%20', 'key']);
  expect(bytes.equals(seen[3] as Buffer)).toBe(true);

  await expect.poll(async () => (await assistantHops(simulator)).length).toBe(1);
  const [hop] = await assistantHops(simulator);
  expect(hop).toMatchObject({ status: 207, turn: TURN });
  const { request: sent, response: got, curl } = await hopOf(simulator, hop?.id);
  expect(sent.headers).toContainEqual(['x-whatsapp-api-key', '…']);
  expect(got?.body).toBe('(300000 bytes of application/odd)');
  expect(curl).toContain('-H "x-whatsapp-api-key: $WHATSAPP_SERVICE_API_KEY"');
});

test('an answer arrives while it is written', async () => {
  const { promise: heard, resolve } = Promise.withResolvers<void>();
  const { simulator } = await startWithAssistant(async (_, response) => {
    response.write('first');
    await heard;
    response.end(' second');
  });
  const reader = (await ask(simulator)).body?.pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader?.read())?.value).toBe('first');
  resolve();
  expect((await reader?.read())?.value).toBe(' second');
});

test('an assistant writes no faster than the app reads', async () => {
  const chunk = Buffer.alloc(1_000_000);
  let written = 0;
  const { simulator } = await startWithAssistant(async (_, response) => {
    while (written < 60 && !response.destroyed) {
      written += 1;
      if (!response.write(chunk)) await once(response, 'drain').catch(() => {});
    }
    response.end();
  });
  const asking = request(`${simulator.url}${QUESTION}`, { method: 'POST' }).end('{}');
  const [response] = await once(asking, 'response');
  await expect
    .poll(async () => {
      const before = written;
      await sleep(200);
      return written === before;
    })
    .toBe(true);
  expect(written).toBeLessThan(40);
  let bytes = 0;
  for await (const part of response) bytes += part.length;
  expect(bytes).toBe(60_000_000);
});

test.each(['before', 'after'] as const)(
  'an app that hangs up %s the first byte ends the call',
  async (when) => {
    const ended = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const { simulator, claim } = await startWithAssistant((incoming, response) => {
      incoming.resume();
      response.once('close', ended.resolve);
      if (when === 'after') response.write('first');
      begun.resolve();
    });
    claim();
    const gone = new AbortController();
    const asked = ask(simulator, QUESTION, { signal: gone.signal }).then((response) => response.text());
    await begun.promise;
    await sleep(50);
    gone.abort();
    await expect(asked).rejects.toThrow();
    await ended.promise;
    await expect.poll(async () => (await assistantHops(simulator))[0]?.failure).toBe('cut by the app');
  },
);

test('an assistant that cuts, or is not there, is passed on', async () => {
  const { simulator } = await startWithAssistant((_, response) => {
    response.write('half', () => response.destroy());
  });
  const half = await ask(simulator);
  await expect(half.text()).rejects.toThrow();
  simulator.receive({ kind: 'app-starts', environment: {}, assistantUrl: 'http://127.0.0.1:1/v1' });
  const none = await ask(simulator);
  expect([none.status, await none.json()]).toEqual([
    502,
    { detail: 'the assistant at http://127.0.0.1:1 cannot be reached (ECONNREFUSED)' },
  ]);
});

test('faults apply to questions alone, in their own ways', async () => {
  let asked = 0;
  const { simulator, claim } = await startWithAssistant((incoming, response) => {
    asked += 1;
    incoming.resume();
    response.setHeader('content-type', 'text/event-stream').end('0123456789');
  });
  claim();
  const { faults } = simulator;
  const read = async (path = QUESTION) => {
    const response = await ask(simulator, path);
    return [response.status, await response.text().catch(() => 'cut')];
  };
  faults.add({ kind: 'assistant_refuse', status: 503 });
  expect(await read('/assistant/whatsapp/v2/threads')).toEqual([200, '0123456789']);
  expect(await read()).toEqual([503, '{"detail":"the simulator refuses for the assistant"}']);
  expect(asked).toBe(1);
  faults.clear();
  faults.add({ kind: 'assistant_empty', next: 1 });
  expect(await read()).toEqual([200, '']);
  faults.add({ kind: 'assistant_cut', afterBytes: 4, next: 1 });
  expect(await read('/assistant/responses')).toEqual([200, 'cut']);
  faults.add({ kind: 'assistant_slow', ms: 400, next: 1 });
  const before = performance.now();
  expect(await read()).toEqual([200, '0123456789']);
  expect(performance.now() - before).toBeGreaterThan(390);
  expect(faults.list()).toEqual([]);

  await expect.poll(async () => (await assistantHops(simulator)).length).toBe(5);
  const hops = await assistantHops(simulator);
  expect(hops.map(({ fault }) => fault)).toEqual([
    undefined,
    'assistant_refuse',
    'assistant_empty',
    'assistant_cut',
    'assistant_slow',
  ]);
  expect((await hopOf(simulator, hops[3]?.id)).response?.body).toBe('0123');
});

test('a fault for one person waits until the app says whose turn it is', async () => {
  const { simulator, claim } = await startWithAssistant((incoming, response) => {
    incoming.resume();
    response.end('an answer');
  });
  simulator.faults.add({ kind: 'assistant_refuse', status: 429, person: '15550000002' });
  simulator.faults.add({ kind: 'assistant_refuse', status: 401, person: AMINA });
  setTimeout(claim, 100);
  expect((await ask(simulator)).status).toBe(401);
  simulator.faults.clear();
  simulator.faults.add({ kind: 'assistant_refuse', status: 429, person: '15550000002' });
  expect((await ask(simulator)).status).toBe(200);
});

test('without npm run dev nobody knows the assistant', async () => {
  const [simulator] = await startWithApp();
  const response = await fetch(`${simulator.url}/assistant/whatsapp/v2/threads`);
  expect([response.status, await response.json()]).toEqual([
    502,
    { error: expect.stringContaining('only `npm run dev` does') },
  ]);
});
