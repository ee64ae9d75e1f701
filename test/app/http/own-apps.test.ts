/** Businesses with and without an app of their own behind one address: real payloads, a real store, a registry of the test. */
import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { createMetaWebhook } from '#app/channels/meta/webhook.ts';
import { acceptDelivery } from '#app/conversation/accept.ts';
import { Unavailable } from '#app/domain/errors.ts';
import { createLog } from '#app/log.ts';
import { createMetrics } from '#app/metrics.ts';
import type { Business, Businesses } from '#app/ports/businesses.ts';
import type { ConversationStore } from '#app/ports/store.ts';
import { createReport } from '#app/reporting/report.ts';
import { createMemoryStore } from '#app/stores/memory/store.ts';
import { settableClock } from '../../fakes/clock.ts';
import { businessWith } from '../../fakes/messages.ts';
import { post, type Running, SECRET, sign, start } from './running-app.ts';

const META = createMetaWebhook({ appSecrets: [], verifyToken: '', alwaysReturnOk: true });
const [PLAIN, OWN, ROTATED] = ['100000000000001', '100000000000002', '100000000000003'];

let registry: Map<string, () => Business>;
let store: ConversationStore;
let minutes: number;
let app: Running;
beforeEach(async () => {
  registry = new Map([
    [PLAIN, () => businessWith({ id: 'plain', number: PLAIN })],
    [OWN, () => businessWith({ id: 'own', number: OWN, appSecrets: () => ['own-secret'] })],
    [ROTATED, () => businessWith({ id: 'rotated', number: ROTATED, appSecrets: () => ['next', 'former'] })],
  ]);
  store = createMemoryStore({ clock: settableClock(1_790_000_000_000), newId: randomUUID });
  minutes = 0;
  const businesses: Pick<Businesses, 'find'> = { find: async (_, number) => registry.get(number)?.() };
  const lines: string[] = [];
  const now = () => 1_790_000_000_000 + minutes * 60_000;
  const log = createLog({ level: 'info', now, write: (line) => lines.push(line) });
  const metrics = createMetrics({ backlog: () => store.backlog(), now });
  const report = createReport({ log, metrics, personHash: () => 'x', now });
  const queue = { async wake() {}, async ready() {}, async close() {} };
  const started = await start({
    parse: META.parse,
    ownApps: {
      find: (number) => businesses.find('meta', number),
      clock: { now: () => 0, async sleep() {} },
    },
    accept: async (delivery, covers) => {
      const ports = { businesses: { ...businesses, async ready() {}, async close() {} }, store, queue };
      return report.delivery(delivery, await acceptDelivery(delivery, { ...ports, windowMs: 0, covers }));
    },
  });
  app = {
    ...started,
    get logged() {
      return [...started.logged, ...lines.map((line) => JSON.parse(line))];
    },
    metrics: async () => `${(await metrics.page()).body}\n${await started.metrics()}`,
  };
});

/** One text to each of the numbers, in one delivery. */
function batch(...numbers: string[]): string {
  const entry = numbers.map((number) => ({
    id: '1',
    changes: [
      {
        field: 'messages',
        value: {
          messaging_product: 'whatsapp',
          metadata: { display_phone_number: '15550009999', phone_number_id: number },
          messages: [
            {
              ...{ from: '15550001111', id: `wamid.${number}`, timestamp: '1789999999', type: 'text' },
              text: { body: 'ما هي الزكاة؟' },
            },
          ],
        },
      },
    ],
  }));
  return JSON.stringify({ object: 'whatsapp_business_account', entry });
}

async function deliver(body: string, secret: string): Promise<number> {
  const response = await post(`${app.url}/whatsapp/v2`, body, { 'x-hub-signature-256': sign(body, secret) });
  await response.arrayBuffer();
  return response.status;
}

const waiting = async () => (await store.backlog()).waiting;
const away = () => {
  throw new Unavailable('the registry is away', { scope: 'app' });
};

describe('several apps of Meta at one address', () => {
  it.each([
    ['the deployment for a business without an app', PLAIN, SECRET],
    ['the app of the business', OWN, 'own-secret'],
    ['the app of the business with its next secret', ROTATED, 'next'],
    ['the app of the business with its former secret', ROTATED, 'former'],
  ])('stores what is signed by %s', async (_, number, secret) => {
    expect(await deliver(batch(number), secret)).toBe(200);
    expect(await waiting()).toBe(1);
    expect(await app.metrics()).toContain('ansari_whatsapp_signatures_total{result="good"} 1');
  });

  it.each([
    ['nobody', OWN, 'forger'],
    ['the app of another business', ROTATED, 'own-secret'],
    ['the app of a business for one without', PLAIN, 'own-secret'],
    ['an app for a number that is not registered', '999', 'own-secret'],
  ])('refuses with 403 what is signed by %s', async (_, number, secret) => {
    expect(await deliver(batch(number), secret)).toBe(403);
    expect(await waiting()).toBe(0);
  });

  it('stores from one delivery only what its signer may deliver', async () => {
    const body = batch(PLAIN, OWN, ROTATED);
    expect(await deliver(body, 'own-secret')).toBe(200);
    expect(await waiting()).toBe(1);
    expect(await deliver(body, SECRET)).toBe(200);
    expect(await waiting()).toBe(2);
    expect(await deliver(body, 'former')).toBe(200);
    expect(await waiting()).toBe(3);
  });

  it('tells of items that another app should deliver once a minute, without an alarm', async () => {
    const warned = () => app.logged.filter(({ reason }) => reason === 'wrong_app');
    for (let times = 0; times < 3; times += 1) expect(await deliver(batch(OWN), SECRET)).toBe(200);
    expect(warned()).toMatchObject([{ level: 'warn', count: 1 }]);
    minutes += 1;
    await deliver(batch(OWN), SECRET);
    expect(warned().slice(1)).toMatchObject([{ level: 'warn', count: 3 }]);
    expect(warned().some((line) => 'alarm' in line || 'variable' in line)).toBe(false);
    expect(app.logged.some(({ variable }) => variable !== undefined)).toBe(false);
    expect(await app.metrics()).toContain('ansari_whatsapp_notices_total{what="wrong_app"} 4');
    expect(await waiting()).toBe(0);
  });

  it('lets Meta repeat what it cannot check while the registry is away', async () => {
    registry.set(OWN, away);
    expect(await deliver(batch(OWN), 'own-secret')).toBe(503);
    expect(await app.metrics()).toContain('ansari_whatsapp_signatures_total{result="unchecked"} 1');
    registry.set(OWN, () => businessWith({ id: 'own', number: OWN, appSecrets: () => ['own-secret'] }));
    expect(await deliver(batch(OWN), 'own-secret')).toBe(200);
    expect(await waiting()).toBe(1);
  });

  it.each([
    ['its own app', 'own-secret'],
    ['the deployment', SECRET],
  ])('answers 503 with an alarm for secrets that cannot be read, signed by %s', async (_, secret) => {
    registry.set(OWN, () =>
      businessWith({
        ...{ id: 'own', number: OWN },
        appSecrets: () => {
          throw new Unavailable('cannot be decrypted', { scope: 'number', alarm: 'token-refused' });
        },
      }),
    );
    expect(await deliver(batch(OWN), secret)).toBe(503);
    expect(await deliver(batch(OWN), secret)).toBe(503);
    const alarms = app.logged.filter(({ alarm }) => alarm !== undefined);
    expect(alarms).toMatchObject([{ level: 'warn', alarm: 'token-refused', count: 1 }]);
    expect(await deliver(batch(ROTATED), 'next')).toBe(200);
    expect(await deliver(batch(PLAIN), SECRET)).toBe(200);
    expect(await waiting()).toBe(2);
    expect(JSON.stringify(app.logged)).not.toMatch(/10000000000000|15550001111|own-secret/);
  });

  it('answers 503 when too many bodies come that nobody signed, and goes on with those of its apps', async () => {
    expect(await deliver(batch(OWN), 'own-secret')).toBe(200);
    const numbers = (from: number) => Array.from({ length: 16 }, (_, index) => String(from + index));
    const statuses = await Promise.all(
      Array.from({ length: 40 }, (_, index) => deliver(batch(...numbers(1_000 + 16 * index)), 'forger')),
    );
    expect(new Set(statuses)).toEqual(new Set([403, 503]));
    for (let left = 0; left < 20; left += 1) await deliver(batch('1'), 'forger');
    expect(await deliver(batch('1'), 'forger')).toBe(503);
    expect(await deliver(batch(OWN), 'own-secret')).toBe(200);
    expect(await deliver(batch(PLAIN), SECRET)).toBe(200);
  });
});

describe('one delivery for three businesses, one of which cannot be looked up', () => {
  it('stores the others and answers 503; a redelivery stores the rest once', async () => {
    const found = registry.get(ROTATED);
    const plain = (id: string, number: string) => () => businessWith({ id, number });
    registry.set(OWN, plain('second', OWN)).set(ROTATED, away);
    const body = batch(PLAIN, ROTATED, OWN);
    expect(await deliver(body, SECRET)).toBe(503);
    expect(await waiting()).toBe(2);
    expect(await deliver(body, SECRET)).toBe(503);
    expect(await waiting()).toBe(2);
    expect(found).toBeDefined();
    registry.set(ROTATED, plain('third', ROTATED));
    for (let times = 0; times < 2; times += 1) expect(await deliver(body, SECRET)).toBe(200);
    expect(await waiting()).toBe(3);
    expect(await app.metrics()).toContain('ansari_whatsapp_deliveries_total{outcome="not_stored"} 2');
  });
});
