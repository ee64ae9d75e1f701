import { expect, it } from 'vitest';
import { marksIn } from '#scripts/chaos/tally.ts';
import { sendTraffic } from '#scripts/chaos/traffic.ts';
import { startWithApp } from '../simulator/start-with-app.ts';

const TRAFFIC = { conversations: 1, messagesEach: 2, spreadMs: 0, timeoutMs: 10_000 };

it('sends a message of a person after the app has acknowledged the previous one', async () => {
  const [simulator, app] = await startWithApp();
  app.answers.push(503, 503);
  await sendTraffic(simulator, TRAFFIC, () => {});
  await simulator.idle();
  expect(app.taken.map(({ raw }) => marksIn(raw.toString())[0])).toEqual(['q0x0', 'q0x0', 'q0x0', 'q0x1']);
});

it('sends the next message when the acknowledgement does not come in time', async () => {
  const [simulator, app] = await startWithApp({ redelivery: { firstMs: 300, factor: 1, maxMs: 300 } });
  app.answers.push(503);
  await sendTraffic(simulator, { ...TRAFFIC, timeoutMs: 0 }, () => {});
  await simulator.idle();
  expect(app.taken.map(({ raw }) => marksIn(raw.toString())[0])).toEqual(['q0x0', 'q0x1', 'q0x0']);
});
