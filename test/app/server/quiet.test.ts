import { expect, it } from 'vitest';
import { DEVELOPMENT } from '#scripts/simulator/development.ts';
import { seededRandom } from '#scripts/simulator/random.ts';
import type { Simulator } from '#scripts/simulator/simulator.ts';
import { deliver, textDelivery } from '../../fakes/delivery.ts';
import { temporaryFolder } from '../../fakes/folder.ts';
import { startSystem } from '../../fakes/system.ts';

const CANARY = 'canary-in-the-text';

it('prints no text, number, token or message id under faults, at the most verbose level', {
  timeout: 120_000,
}, async () => {
  const system = await startSystem({
    folder: temporaryFolder(),
    environment: { LOGGING_LEVEL: 'trace', SEND_RECONCILE_SECONDS: '1' },
    backend: {
      chance: 0.1,
      random: seededRandom(5),
      kinds: [
        { kind: 'status', status: 500 },
        { kind: 'cut', afterBytes: 10 },
        { kind: 'status', status: 404 },
      ],
    },
    simulator: {
      faults: [
        { kind: 'duplicate', times: 2, chance: 0.3 },
        { kind: 'refuse', code: 131000, chance: 0.1 },
        { kind: 'refuse', code: 131026, chance: 0.05 },
        { kind: 'throttled', next: 1, retryAfterSeconds: 1 },
        { kind: 'lost', chance: 0.1 },
        { kind: 'cut', chance: 0.1 },
        { kind: 'fails_later', code: 131047, chance: 0.1 },
      ],
    },
  });
  const first = await system.startApp();
  const { simulator } = system;
  const phones = Array.from({ length: 30 }, (_, index) => `1555777${1000 + index}`);
  const ids = phones.map((phone) => simulator.say(phone, `${CANARY} مرحبا ${phone}`));
  ids.push(simulator.say('US.13491208655302741918', { kind: 'image' }));
  await deliver(first.url, Buffer.from(`{"entry": ["${CANARY}", oops`));
  await deliver(first.url, textDelivery('', { text: CANARY }));
  await fetch(
    `${first.url}/whatsapp/v2?hub.mode=subscribe&hub.verify_token=${CANARY}&hub.challenge=${CANARY}`,
  );
  await fetch(`${first.url}/whatsapp/v2`, { method: 'POST', body: CANARY });
  await accepted(simulator, 5);
  await first.kill();
  const second = await system.startApp();
  await accepted(simulator, 20);
  await second.terminate();

  const logs = system.logs();
  expect(logs).toContain('"outcome":"answered"');
  expect(logs).toContain('"outcome":"again"');
  const canaries = [
    CANARY,
    'مرحبا',
    ...phones,
    '13491208655302741918',
    ...ids.map((id) => id.replace('wamid.', '')),
    ...simulator.replies.list().map(({ id }) => id.replace('wamid.', '')),
    DEVELOPMENT.accessToken,
    DEVELOPMENT.appSecret,
    DEVELOPMENT.verifyToken,
    DEVELOPMENT.backendKey,
  ];
  expect(canaries.filter((canary) => logs.includes(canary))).toEqual([]);
});

/** Resolves when the platform has accepted so many replies. */
function accepted(simulator: Simulator, count: number): Promise<void> {
  return new Promise((resolve) => {
    const stop = simulator.replies.onEach(() => check());
    const check = () => {
      if (simulator.counters.accepted < count) return;
      stop();
      resolve();
    };
    check();
  });
}
