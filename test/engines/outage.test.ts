import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { canRun } from './needs.ts';
import { PEOPLE, type Scene, startScene } from './outage/scene.ts';
import { missingServers } from './outage/servers.ts';

canRun('outage', missingServers);

/** Longer than a lease: earlier leases have expired when the server is available again. */
const OUTAGE_MS = 12_000;
const FIRST = 'night prayer';
const SECOND = 'Ramadan';
const THIRD = 'journey';

it('recovers after DynamoDB was killed for longer than a lease during a turn, and started again with its tables', {
  timeout: 240_000,
}, async () => {
  const scene = await startScene('kept');
  const { simulator, dynamoDb } = scene;
  await dynamoDb.kill();
  const everyone = [...PEOPLE, newPerson(0)];
  for (const person of everyone) simulator.say(person, `And in ${SECOND}?`);
  await expectUnavailable(scene);
  await sleep(OUTAGE_MS);
  await dynamoDb.start();
  await expectRecovery(scene, everyone);
});

it.each(['kept', 'lost'] as const)(
  'recovers after SQS was killed during a turn, and started again with its wake-ups %s',
  {
    timeout: 240_000,
  },
  async (wakeUps) => {
    const scene = await startScene(wakeUps);
    const { simulator, web, worker, sqs, countWakeUps } = scene;
    worker.freeze();
    const everyone = [...PEOPLE];
    for (const person of PEOPLE) simulator.say(person, `And in ${SECOND}?`);
    // Waits for a visible wake-up: one that the open receive call of the stopped worker has not taken either.
    while ((await countWakeUps()).ready === 0) {
      const person = newPerson(everyone.length);
      everyone.push(person);
      simulator.say(person, `What is ${SECOND}?`);
      await simulator.idle();
    }
    await simulator.idle();
    const { all: before } = await countWakeUps();

    await sqs.kill();
    const late = newPerson(everyone.length);
    everyone.push(late);
    simulator.say(late, `When is ${SECOND}?`);
    await expectUnavailable(scene);
    // Prevents new wake-ups while the remaining ones are counted.
    web.freeze();
    await sqs.start();
    expect((await countWakeUps()).all).toBe(wakeUps === 'kept' ? before : 0);
    web.resume();
    worker.resume();
    await expectRecovery(scene, everyone);
  },
);

const newPerson = (index: number) => `1555010${1000 + index}`;

async function expectUnavailable({ simulator, web }: Scene): Promise<void> {
  await expect.poll(simulator.app, { timeout: 60_000 }).toBe(503);
  expect((await fetch(`${web.url}/ready`)).status).toBe(503);
  expect((await fetch(`${web.url}/health`)).status).toBe(200);
}

/** Expects every question to be answered without being repeated, then a third one: each once, in order. */
async function expectRecovery({ simulator, web }: Scene, everyone: readonly string[]): Promise<void> {
  for (const person of everyone) await repliesWith(person, SECOND);
  for (const person of everyone) simulator.say(person, `And on a ${THIRD}?`);
  for (const person of everyone) {
    const replies = await repliesWith(person, THIRD);
    const topics = [...(PEOPLE.includes(person) ? [FIRST] : []), SECOND, THIRD];
    for (const word of topics) expect(replies.split(word), `${word} for ${person}`).toHaveLength(2);
    expect(replies).toMatch(new RegExp(topics.join('.*'), 's'));
  }
  expect((await fetch(`${web.url}/ready`)).status).toBe(200);

  /** Resolves to all replies to the person as soon as one of them contains the word. */
  async function repliesWith(person: string, word: string): Promise<string> {
    for (let count = 1; ; count += 1) {
      const replies = (await simulator.replies.reached(person, count)).map(({ text }) => text).join('\n');
      if (replies.includes(word)) return replies;
    }
  }
}
