/** MongoDB is killed under load, for longer than businesses are cached, and started again. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { deliver, textDelivery } from '../fakes/delivery.ts';
import { fakeServer } from '../fakes/http-server.ts';
import { startApp } from '../fakes/running-app.ts';
import { documentOf, hasMongoDb, KEY_TEXT, openDatabase, tokenOf } from './mongodb/database.ts';

const BUSINESSES = 20;
const OUTAGE_MS = 8_000;
const TTL_SECONDS = 1;
/** One of them in ten goes to a business that nobody wrote to before the outage. */
const PER_SECOND = 50;

const figures = z.object({
  cache: z.object({ size: z.number(), stale: z.number(), failures: z.number(), hits: z.number() }),
  connection_pool: z.object({ in_use: z.number(), available: z.number() }),
});
const sentText = z.object({ type: z.literal('text'), to: z.string(), text: z.object({ body: z.string() }) });

interface Sent {
  readonly id: string;
  readonly business: string;
  readonly statuses: number[];
  firstTookMs: number;
}

it.skipIf(!hasMongoDb)(
  'an outage of MongoDB stops no known business, and loses nothing of the others',
  { timeout: 120_000 },
  async () => {
    const database = await openDatabase();
    const known = Array.from({ length: BUSINESSES }, (_, index) => `known-${index}`);
    const late = Array.from({ length: BUSINESSES }, (_, index) => `late-${index}`);
    const numberOf = (business: string) => `1${[...known, ...late].indexOf(business) + 1000}`;
    await database.collection.insertMany(known.map((id) => documentOf(id, [numberOf(id)])));

    const replies: { number: string; token: string; text: string }[] = [];
    const graph = await fakeServer((res, { url, headers, body }) => {
      const text = sentText.safeParse(JSON.parse(body)).data;
      const number = /\/v\d+\.0\/(\d+)\/messages/.exec(url)?.[1] ?? '';
      if (text !== undefined)
        replies.push({ number, token: headers.authorization ?? '', text: text.text.body });
      const id = `wamid.sent${replies.length}`;
      res.setHeader('content-type', 'application/json');
      res.end(JSON.stringify(text === undefined ? { success: true } : { messages: [{ id }] }));
    });
    onTestFinished(() => graph.close());
    const app = await startApp({
      ...{ BUSINESSES: 'mongodb', MONGODB_URI: database.uri, MONGODB_DB_NAME: database.name },
      ...{ ENCRYPTION_SECRET: KEY_TEXT, BUSINESS_CACHE_TTL: `${TTL_SECONDS}` },
      ...{ ASSISTANT: 'echo', META_API_URL: graph.url, BATCH_WINDOW_SECONDS: '0' },
    });
    onTestFinished(async () => {
      await app.close();
    });
    const metrics = async () => {
      const response = await fetch(`${app.url}/metrics`, { headers: { accept: 'application/json' } });
      return figures.parse(await response.json());
    };
    await expect.poll(async () => (await metrics()).cache.size).toBe(BUSINESSES);

    const sent: Sent[] = [];
    const deliveries: Promise<void>[] = [];
    const send = (business: string) => {
      const one: Sent = { id: `wamid.${sent.length}`, business, statuses: [], firstTookMs: 0 };
      sent.push(one);
      deliveries.push(repeatUntilStored(app.url, one, numberOf(business), sent.length));
    };
    const load = async (forMs: number, businesses: (index: number) => string) => {
      for (let index = 0; index < (forMs * PER_SECOND) / 1000; index += 1) {
        send(businesses(index));
        await sleep(1000 / PER_SECOND);
      }
    };
    const ofKnown = (index: number) => known[index % BUSINESSES] ?? '';
    const ofBoth = (index: number) =>
      (index % 10 === 0 ? late[(index / 10) % BUSINESSES] : undefined) ?? ofKnown(index);

    await load(2_000, ofKnown);
    await database.collection.insertMany(late.map((id) => documentOf(id, [numberOf(id)])));
    database.kill();
    const outageFrom = sent.length;
    await load(OUTAGE_MS, ofBoth);
    const ready = await fetch(`${app.url}/ready`);
    expect([ready.status, await ready.json()]).toMatchObject([
      503,
      { ready: false, reason: expect.stringContaining('MongoDB') },
    ]);
    const during = await metrics();
    database.restart();
    await load(1_000, ofBoth);
    await Promise.all(deliveries);

    const isLate = ({ business }: Sent) => late.includes(business);
    const toKnown = sent.filter((one) => !isLate(one));
    expect(toKnown.filter(({ statuses }) => statuses.join() !== '200')).toEqual([]);
    expect(during.cache.stale).toBeGreaterThan(100);
    expect(during.cache.failures).toBeGreaterThan(0);
    expect(during.connection_pool.in_use).toBe(0);
    // 503 until the database is back, then 200: never 200 for a number that nobody could look up.
    const duringOutage = sent.slice(outageFrom).filter(isLate);
    expect(duringOutage.some(({ statuses }) => statuses.includes(503))).toBe(true);
    for (const { statuses } of duringOutage) expect(statuses.at(-1)).toBe(200);

    // Every message is answered once, by the token of its business.
    const words = (business: string, id: string) => `Question ${id.slice(6)} to ${business}.`;
    await expect.poll(() => replies.length, { timeout: 30_000 }).toBeGreaterThanOrEqual(sent.length);
    for (const { id, business } of sent) {
      const own = replies.filter(({ text }) => text.includes(words(business, id)));
      expect(own, words(business, id)).toMatchObject([
        { number: numberOf(business), token: `Bearer ${tokenOf(business)}` },
      ]);
    }
    expect(replies).toHaveLength(sent.length);
    expect((await fetch(`${app.url}/ready`)).status).toBe(200);
    const slowest = Math.round(Math.max(...toKnown.map(({ firstTookMs }) => firstTookMs)));
    process.stderr.write(
      `${sent.length} messages, ${during.cache.stale} look-ups of expired businesses, slowest response ${slowest} ms\n`,
    );
  },
);

/** As Meta does: until 200. Each message is of a person of its own. */
async function repeatUntilStored(url: string, one: Sent, number: string, person: number): Promise<void> {
  const text = `Question ${one.id.slice(6)} to ${one.business}.`;
  const body = textDelivery(one.id, { number, text, phone: `1555${1_000_000 + person}` });
  const startedAt = performance.now();
  for (;;) {
    const { status } = await deliver(url, body);
    if (one.statuses.push(status) === 1) one.firstTookMs = performance.now() - startedAt;
    if (status === 200) return;
    await sleep(250);
  }
}
