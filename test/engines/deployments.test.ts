import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { markOf, marksIn, tallyOf } from '#scripts/chaos/tally.ts';
import { temporaryFolder } from '../fakes/folder.ts';
import { startSystem } from '../fakes/system.ts';

const DEPLOYMENTS = 10;
const PEOPLE = 60;

it('ten new versions in a row, each starting while the one before leaves, lose and repeat nothing', {
  timeout: 180_000,
}, async () => {
  const system = await startSystem({ folder: temporaryFolder() });
  const { simulator } = system;
  let current = await system.startApp();

  const said = new Map<string, string[]>();
  let deployed = false;
  const talking = (async () => {
    for (let round = 0; !deployed; round += 1) {
      for (let index = 0; index < PEOPLE && !deployed; index += 1) {
        const person = `1555333${1000 + index}`;
        const mark = markOf(index, round);
        said.set(person, [...(said.get(person) ?? []), mark]);
        simulator.say(person, `${mark} how is it done?`);
        await sleep(20);
      }
    }
  })();

  const exits: (number | null)[] = [];
  for (let deployment = 0; deployment < DEPLOYMENTS; deployment += 1) {
    const former = current;
    current = await system.startApp();
    exits.push((await former.terminate()).code);
  }
  deployed = true;
  await talking;

  const unanswered = new Set([...said.values()].flat());
  while (unanswered.size > 0) {
    for (const { text } of simulator.replies.list())
      for (const mark of marksIn(text)) unanswered.delete(mark);
    await sleep(200);
  }
  await current.terminate();
  const tally = tallyOf(said, simulator.replies.list());
  expect(tally).toMatchObject({ lost: 0, duplicated: 0, reordered: 0, answered: tally.sent });
  expect(exits).toEqual(Array(DEPLOYMENTS).fill(0));
  expect(simulator.counters.redeliveries).toBe(0);
});
