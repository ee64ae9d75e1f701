import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { deliver, textDelivery } from '../../fakes/delivery.ts';
import { temporaryFolder } from '../../fakes/folder.ts';
import { startSystem } from '../../fakes/system.ts';

it('stores a message once that arrives over 50 connections concurrently, and responds 200 to all', {
  timeout: 120_000,
}, async () => {
  const folder = temporaryFolder();
  const system = await startSystem({ folder, environment: { BATCH_WINDOW_SECONDS: '900' } });
  const app = await system.startApp();
  const rounds = 20;
  for (let round = 0; round < rounds; round += 1) {
    const body = textDelivery(`wamid.round-${round}`);
    const responses = await Promise.all(Array.from({ length: 50 }, () => deliver(app.url, body)));
    expect(responses.map(({ status }) => status)).toEqual(Array(50).fill(200));
    await Promise.all(responses.map((response) => response.arrayBuffer()));
  }
  const stored = new DatabaseSync(join(folder, 'app.db'), { readOnly: true });
  expect(stored.prepare('SELECT count(*) AS n FROM messages').get()?.n).toBe(rounds);
  stored.close();
});

it('answers each message once when every delivery arrives five times, shuffled, and again after a restart', {
  timeout: 120_000,
}, async () => {
  const folder = temporaryFolder();
  const faults = [
    { kind: 'duplicate', times: 5 },
    { kind: 'shuffle', withinMs: 300 },
  ] as const;
  const system = await startSystem({ folder, simulator: { faults } });
  const first = await system.startApp();
  const people = Array.from({ length: 20 }, (_, index) => `1555000${1000 + index}`);
  const messages = people.map((person) => ({ person, id: system.simulator.say(person, `for ${person}`) }));
  await Promise.all(people.map((person) => system.simulator.replies.reached(person, 1)));
  await system.simulator.idle();
  await first.kill();

  await system.startApp();
  for (const { person, id } of messages) system.simulator.say(person, `for ${person}`, { id });
  // Later messages are answered later: when this one is answered, any second answer to the others has been sent.
  system.simulator.say('15550009998', 'the last one');
  await system.simulator.replies.reached('15550009998', 1);
  await system.simulator.idle();
  expect(people.map((person) => system.simulator.replies.list(person).length)).toEqual(people.map(() => 1));
});
