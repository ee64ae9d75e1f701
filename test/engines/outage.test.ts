import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { canRun } from './needs.ts';
import { PEOPLE, type Scene, startScene } from './outage/scene.ts';
import { missingServers } from './outage/servers.ts';

canRun('outage', missingServers);

/** Longer than a lease: whoever was at work has lost it when the server is back. */
const OUT_MS = 12_000;
const LATE = '15550004444';

it('DynamoDB is killed for longer than a lease in the middle of a turn, and started again with its tables', {
  timeout: 240_000,
}, async () => {
  const scene = await startScene('kept');
  const { simulator, dynamoDb } = scene;
  await dynamoDb.kill();
  for (const person of [...PEOPLE, LATE]) simulator.say(person, 'And in Ramadan?');
  await refuses(scene);
  await sleep(OUT_MS);
  await dynamoDb.start();
  await goesOn(scene);
});

it.each(['kept', 'lost'] as const)(
  'SQS is killed in the middle of a turn, and started again with its wake-ups %s',
  {
    timeout: 240_000,
  },
  async (wakeUps) => {
    const scene = await startScene(wakeUps);
    const { simulator, door, worker, sqs, countWakeUps } = scene;
    // Wake-ups wait for somebody who stands still.
    worker.freeze();
    for (const person of PEOPLE) simulator.say(person, 'And in Ramadan?');
    await simulator.idle();
    const before = await countWakeUps();
    expect(before).toBeGreaterThan(0);

    await sqs.kill();
    simulator.say(LATE, 'And in Ramadan?');
    await refuses(scene);
    // Sends no others while those that are left are counted.
    door.freeze();
    await sqs.start();
    expect(await countWakeUps()).toBe(wakeUps === 'kept' ? before : 0);
    door.thaw();
    worker.thaw();
    await goesOn(scene);
  },
);

async function refuses({ simulator, door }: Scene): Promise<void> {
  await expect.poll(simulator.app, { timeout: 60_000 }).toBe(503);
  expect((await fetch(`${door.url}/ready`)).status).toBe(503);
  expect((await fetch(`${door.url}/health`)).status).toBe(200);
}

/** Everything that was asked is answered without anybody asking again; then new questions are. */
async function goesOn({ simulator, door }: Scene): Promise<void> {
  const everybody = [...PEOPLE, LATE];
  await simulator.idle();
  for (const person of everybody) await said(person, 'Ramadan');
  for (const person of everybody) simulator.say(person, 'And on a journey?');
  for (const person of everybody) {
    const replies = await said(person, 'journey');
    const asked = [...(person === LATE ? [] : ['night prayer']), 'Ramadan', 'journey'];
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
