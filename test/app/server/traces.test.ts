import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { createSpanExport } from '#app/tracing/otlp.ts';
import { temporaryFolder } from '../../fakes/folder.ts';
import { fakeServer } from '../../fakes/http-server.ts';
import { realClock } from '../../fakes/real-clock.ts';
import { startSystem } from '../../fakes/system.ts';

/** OTLP/HTTP in JSON (opentelemetry-proto, trace_service.proto): ids in hexadecimal digits. */
const ids = z.object({
  traceId: z.string().regex(/^[\da-f]{32}$/),
  spanId: z.string().regex(/^[\da-f]{16}$/),
});
const spanSchema = ids.extend({
  name: z.string(),
  parentSpanId: z.string().optional(),
  links: z.array(ids).default([]),
  events: z.array(z.object({ name: z.string() })).default([]),
  status: z.object({ code: z.number().optional() }).optional(),
});
const exportSchema = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({
        attributes: z.array(
          z.object({ key: z.string(), value: z.object({ stringValue: z.string().optional() }) }),
        ),
      }),
      scopeSpans: z.array(z.object({ spans: z.array(spanSchema) })),
    }),
  ),
});

const PERSON = '15550000001';

async function startCollector() {
  const server = await fakeServer((response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}'),
  );
  onTestFinished(() => server.close());
  const exports = () => server.seen.flatMap(({ body }) => exportSchema.parse(JSON.parse(body)).resourceSpans);
  return {
    ...server,
    spans: () => exports().flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
    resources: () => exports().map(({ resource }) => resource.attributes),
  };
}

it('a message is exported as traces, without a text, a number or an id of the platform', {
  timeout: 60_000,
}, async () => {
  const collector = await startCollector();
  const system = await startSystem({
    folder: temporaryFolder(),
    environment: {
      BATCH_WINDOW_SECONDS: '0',
      OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/`,
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20a-token,x-team=a',
    },
  });
  const app = await system.startApp();
  const id = system.simulator.say(PERSON, 'What is zakat?');
  await expect.poll(() => system.logs(), { timeout: 30_000 }).toContain('"outcome":"delivered"');
  await app.terminate();

  const spans = collector.spans();
  const named = (name: string) => spans.filter((span) => span.name === name);
  const [stored] = named('store a message');
  const [turn] = named('answer a turn');
  const [asked] = named('ask the assistant');
  expect(turn?.parentSpanId).toBeUndefined();
  expect(turn?.links).toMatchObject([{ traceId: stored?.traceId, spanId: stored?.spanId }]);
  expect(turn?.events).toMatchObject([{ name: 'reply written' }]);
  expect(asked?.events).toMatchObject([{ name: 'first byte' }]);
  for (const name of ['ask the assistant', 'send a part', 'status of a part']) {
    expect(named(name).length).toBeGreaterThan(0);
    for (const span of named(name))
      expect(span).toMatchObject({ traceId: turn?.traceId, parentSpanId: turn?.spanId });
  }
  expect(collector.resources()[0]).toContainEqual({
    key: 'service.name',
    value: { stringValue: 'ansari-whatsapp-web' },
  });
  const [request] = collector.seen;
  expect(request?.url).toBe('/v1/traces');
  expect(request?.headers).toMatchObject({ authorization: 'Bearer a-token', 'x-team': 'a' });
  const everything = collector.seen.map(({ body }) => body).join();
  for (const secret of [PERSON, 'zakat', id]) expect(everything).not.toContain(secret);
});

it('a collector that is away delays nothing and is logged', { timeout: 60_000 }, async () => {
  const system = await startSystem({
    folder: temporaryFolder(),
    environment: { BATCH_WINDOW_SECONDS: '0', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' },
  });
  const app = await system.startApp();
  system.simulator.say(PERSON, 'What is zakat?');
  await expect.poll(() => system.logs(), { timeout: 30_000 }).toContain('"outcome":"delivered"');
  await app.terminate();
  expect(system.logs()).toContain('"event":"traces are not exported for now"');
});

it('a collector that never answers is not waited for by an invocation', { timeout: 60_000 }, async () => {
  let isWaiting = false;
  const collector = await fakeServer((response) => {
    isWaiting = true;
    response.on('close', () => {
      isWaiting = false;
    });
  });
  onTestFinished(() => collector.close());
  const { tracer, flush } = createSpanExport({
    ...{ endpoint: collector.url, headers: {}, log: { warn() {} }, hash: String, now: realClock.now },
    attributes: { deployment: 'local', version: '1', program: 'web' },
  });
  tracer.step({ name: 'stored', message: 'one' });
  await flush();
  await sleep(500);
  // Its request was not given up yet, as it is after some seconds.
  expect(isWaiting).toBe(true);
});
