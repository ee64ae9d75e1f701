import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { composeInlineWorker } from '#app/compose/inline-worker.ts';
import { type Config, readConfig } from '#app/config.ts';
import { createLog } from '#app/log.ts';
import { createMetrics } from '#app/metrics.ts';
import type { Business } from '#app/ports/businesses.ts';
import { NO_TRACER } from '#app/ports/tracer.ts';
import { createReport } from '#app/reporting/report.ts';
import { createMemoryStore } from '#app/stores/memory/store.ts';
import { createTurnCounter } from '#app/stores/turn-counter.ts';
import { businessesOf } from '../../fakes/businesses.ts';
import { NO_HAND_OFFS } from '../../fakes/hand-offs.ts';
import { type FakeServer, fakeServer } from '../../fakes/http-server.ts';
import { businessWith, message } from '../../fakes/messages.ts';
import { realClock as clock } from '../../fakes/real-clock.ts';

const ENVIRONMENT = { STORE: 'memory', ASSISTANT: 'echo', MOCK_META_API: 'true', BATCH_WINDOW_SECONDS: '0' };
const REGISTRY = {
  ...{ BUSINESSES: 'mongodb', MONGODB_URI: 'mongodb://127.0.0.1:1', MONGODB_DB_NAME: 'test' },
  ENCRYPTION_SECRET: `one:${Buffer.alloc(32, 7).toString('base64')}`,
};

interface HangingServer extends FakeServer {
  /** The requests that wait now. A slow machine makes callers time out and ask again. */
  open(): number;
}

/** A server that takes every request and never responds. */
async function hangingServer(): Promise<HangingServer> {
  let open = 0;
  const server = await fakeServer((response) => {
    open += 1;
    response.on('close', () => {
      open -= 1;
    });
  });
  return { ...server, open: () => open };
}

/** The worker of a process, with these businesses in its registry; ends with the test. */
function start(config: Config, hanging: FakeServer, businesses: readonly Business[]) {
  const lines: string[] = [];
  const store = createMemoryStore({ clock, newId: randomUUID });
  const log = createLog({ level: 'info', now: clock.now, write: (line) => lines.push(line) });
  const metrics = createMetrics({ backlog: () => store.backlog(), now: clock.now });
  const report = createReport({ log, metrics, personHash: () => 'who', now: clock.now });
  const ports = { store, report, log, metrics, tracer: NO_TRACER, turnCounter: createTurnCounter() };
  const worker = composeInlineWorker(config, {
    ...ports,
    businesses: businessesOf(...businesses),
    handOffs: NO_HAND_OFFS,
  });
  onTestFinished(async () => {
    await Promise.all([worker.stop(), hanging.close()]);
    await store.close();
  });
  return {
    async write({ id, number }: Business, people: number): Promise<void> {
      const messages = Array.from({ length: people }, (_, person) =>
        message('What is zakat?', {
          ...{ business: id, number, person: { phone: `1555${number}${person}` }, sentAt: clock.now() },
        }),
      );
      for (const { conversation } of await store.accept(messages)) await worker.queue.wake(conversation, 0);
    },
    answered: () =>
      lines.map((line) => JSON.parse(line)).filter(({ outcome }) => outcome === 'answered').length,
  };
}

const hangingOf = (number: string, { url }: FakeServer): Business =>
  businessWith({
    ...{ id: `flood-${number}`, number },
    settings: { assistant: { kind: 'openai', key: 'k', url, model: 'm', apiKey: () => 'key' } },
  });

describe('the worker of many businesses', () => {
  it('answers one at once while another one floods it and its assistant hangs', async () => {
    const hanging = await hangingServer();
    const flood = hangingOf('1001', hanging);
    const quiet = businessWith({ id: 'quiet', number: '2002' });
    const { write, answered } = start(readConfig({ ...ENVIRONMENT, ...REGISTRY }), hanging, [flood, quiet]);
    await write(flood, 2_000);
    await expect.poll(hanging.open).toBe(100);
    await write(quiet, 20);
    await expect.poll(answered, { timeout: 2_000 }).toBe(20);
    expect(hanging.open()).toBe(100);
  });

  it('answers one at once while ten others hang', async () => {
    const hanging = await hangingServer();
    const floods = Array.from({ length: 10 }, (_, index) => hangingOf(`10${index}`, hanging));
    const quiet = businessWith({ id: 'quiet', number: '2002' });
    const config = readConfig({ ...ENVIRONMENT, ...REGISTRY });
    const { write, answered } = start(config, hanging, [...floods, quiet]);
    for (const flood of floods) await write(flood, 100);
    // Four of them have a fifth of the slots each; of the last fifth, the other six have one each.
    await expect.poll(hanging.open).toBe(406);
    await write(quiet, 20);
    await expect.poll(answered, { timeout: 2_000 }).toBe(20);
  });
});

it('the worker of one business gives it every slot', async () => {
  const hanging = await hangingServer();
  const only = hangingOf('1001', hanging);
  const { write } = start(readConfig(ENVIRONMENT), hanging, [only]);
  await write(only, 600);
  await expect.poll(hanging.open).toBe(500);
  await sleep(50);
  expect(hanging.open()).toBe(500);
});
