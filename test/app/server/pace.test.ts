import { expect, it } from 'vitest';
import { temporaryFolder } from '../../fakes/folder.ts';
import { startSystem } from '../../fakes/system.ts';

it('answers 200 people who write at once within the rate limit of WhatsApp, each once', {
  timeout: 120_000,
}, async () => {
  // The platform enforces no limit, so the rate is that of the service.
  const system = await startSystem({ folder: temporaryFolder(), simulator: { throughput: false } });
  const { simulator } = system;
  await system.startApp();
  const people = Array.from({ length: 200 }, (_, index) => `1555222${1000 + index}`);
  for (const person of people) simulator.say(person, 'How is it done?');
  await Promise.all(people.map((person) => simulator.replies.reached(person, 1)));
  await simulator.idle();

  const replies = simulator.replies.list();
  expect(replies).toHaveLength(people.length);
  const times = replies.map(({ at }) => at).sort((a, b) => a - b);
  // 199 gaps of 12.5 ms. A slow machine only makes it longer; the second that is subtracted allows for the delay of the
  // first reply.
  expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan(199 * 12.5 - 1_000);
});
