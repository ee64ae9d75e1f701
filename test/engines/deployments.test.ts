import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { markOf, marksIn, tallyOf } from '#scripts/chaos/tally.ts';
import { temporaryFolder } from '../fakes/folder.ts';
import { startSystem } from '../fakes/system.ts';

const DEPLOYMENTS = 10;
const PEOPLE = 60;

it('ten deployments in a row lose and repeat no message, although each starts while the previous version shuts down', {
  timeout: 180_000,
}, async () => {
  const system = await startSystem({ folder: temporaryFolder() });
  const { simulator } = system;
  let current = await system.startApp();

  const sent = new Map<string, string[]>();
  let isDone = false;
  const sending = (async () => {
    for (let round = 0; !isDone; round += 1) {
      for (let index = 0; index < PEOPLE && !isDone; index += 1) {
        const person = `1555333${1000 + index}`;
        const mark = markOf(index, round);
        sent.set(person, [...(sent.get(person) ?? []), mark]);
        simulator.say(person, `${mark} how is it done?`);
        await sleep(20);
      }
    }
  })();

  const exits: (number | null)[] = [];
  for (let deployment = 0; deployment < DEPLOYMENTS; deployment += 1) {
    const previous = current;
    current = await system.startApp();
    exits.push((await previous.terminate()).code);
  }
  isDone = true;
  await sending;

  const unanswered = new Set([...sent.values()].flat());
  while (unanswered.size > 0) {
    for (const { text } of simulator.replies.list())
      for (const mark of marksIn(text)) unanswered.delete(mark);
    await sleep(200);
  }
  await current.terminate();
  const tally = tallyOf(sent, simulator.replies.list());
  expect(tally).toMatchObject({ lost: 0, duplicated: 0, reordered: 0, answered: tally.sent });
  expect(exits).toEqual(Array(DEPLOYMENTS).fill(0));
  expect(simulator.counters.redeliveries).toBe(0);
});
