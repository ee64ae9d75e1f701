import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { canRun } from './needs.ts';
import { PEOPLE, type Scene, startScene } from './outage/scene.ts';
import { missingServers } from './outage/servers.ts';

canRun('outage', missingServers);

/** Longer than a lease: whoever was at work has lost it when the server is back. */
const OUT_MS = 12_000;
const FIRST = 'night prayer';
const SECOND = 'Ramadan';
const THIRD = 'journey';

it('DynamoDB is killed for longer than a lease in the middle of a turn, and started again with its tables', {
  timeout: 240_000,
}, async () => {
  const scene = await startScene('kept');
  const { simulator, dynamoDb } = scene;
  await dynamoDb.kill();
  const everybody = [...PEOPLE, newcomer(0)];
  for (const person of everybody) simulator.say(person, `And in ${SECOND}?`);
  await refuses(scene);
  await sleep(OUT_MS);
  await dynamoDb.start();
  await goesOn(scene, everybody);
});

it.each(['kept', 'lost'] as const)(
  'SQS is killed in the middle of a turn, and started again with its wake-ups %s',
  {
    timeout: 240_000,
  },
  async (wakeUps) => {
    const scene = await startScene(wakeUps);
    const { simulator, door, worker, sqs, countWakeUps } = scene;
    worker.freeze();
    const everybody = [...PEOPLE];
    for (const person of PEOPLE) simulator.say(person, `And in ${SECOND}?`);
    // Somebody's wake-up lies there that not even the question under way of the worker, who stands still, has received.
    while ((await countWakeUps()).ready === 0) {
      const person = newcomer(everybody.length);
      everybody.push(person);
      simulator.say(person, `What is ${SECOND}?`);
      await simulator.idle();
    }
    await simulator.idle();
    const { all: before } = await countWakeUps();

    await sqs.kill();
    const late = newcomer(everybody.length);
    everybody.push(late);
    simulator.say(late, `When is ${SECOND}?`);
    await refuses(scene);
    // Sends no others while those that are left are counted.
    door.freeze();
    await sqs.start();
    expect((await countWakeUps()).all).toBe(wakeUps === 'kept' ? before : 0);
    door.resume();
    worker.resume();
    await goesOn(scene, everybody);
  },
);

const newcomer = (index: number) => `1555010${1000 + index}`;

async function refuses({ simulator, door }: Scene): Promise<void> {
  await expect.poll(simulator.app, { timeout: 60_000 }).toBe(503);
  expect((await fetch(`${door.url}/ready`)).status).toBe(503);
  expect((await fetch(`${door.url}/health`)).status).toBe(200);
}

/** What was asked is answered without anybody asking again; then a third question is. Each once, in order. */
async function goesOn({ simulator, door }: Scene, everybody: readonly string[]): Promise<void> {
  for (const person of everybody) await said(person, SECOND);
  for (const person of everybody) simulator.say(person, `And on a ${THIRD}?`);
  for (const person of everybody) {
    const replies = await said(person, THIRD);
    const asked = [...(PEOPLE.includes(person) ? [FIRST] : []), SECOND, THIRD];
    for (const word of asked) expect(replies.split(word), `${word} for ${person}`).toHaveLength(2);
    expect(replies).toMatch(new RegExp(asked.join('.*'), 's'));
  }
  expect((await fetch(`${door.url}/ready`)).status).toBe(200);

  /** Everything that the person was told, once the word is among it. */
  async function said(person: string, word: string): Promise<string> {
    for (let count = 1; ; count += 1) {
      const replies = (await simulator.replies.reached(person, count)).map(({ text }) => text).join('\n');
      if (replies.includes(word)) return replies;
    }
  }
}
