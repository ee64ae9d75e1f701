import { expect, it } from 'vitest';
import { say } from '../../../scripts/chaos/saying.ts';
import { marksIn } from '../../../scripts/chaos/tally.ts';
import { stage } from '../simulator/stage.ts';

const CROWD = { conversations: 1, messagesEach: 2, spreadMs: 0, patienceMs: 10_000 };

it('lets nobody write on before the app has what they wrote', async () => {
  const [simulator, app] = await stage();
  app.answers.push(503, 503);
  await say(simulator, CROWD, () => {});
  await simulator.idle();
  expect(app.taken.map(({ raw }) => marksIn(raw.toString())[0])).toEqual(['q0x0', 'q0x0', 'q0x0', 'q0x1']);
});

it('lets them write all the same when the app stays behind for too long', async () => {
  const [simulator, app] = await stage({ redelivery: { firstMs: 300, factor: 1, longestMs: 300 } });
  app.answers.push(503);
  await say(simulator, { ...CROWD, patienceMs: 0 }, () => {});
  await simulator.idle();
  expect(app.taken.map(({ raw }) => marksIn(raw.toString())[0])).toEqual(['q0x0', 'q0x1', 'q0x0']);
});
