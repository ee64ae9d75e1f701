import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../fakes/folder.ts';
import { startReal } from './start-real.ts';

const AMINA = '15550000001';
const NOOR = '15550000003';
const SECOND = 1_000;
const DAY = 86_400 * SECOND;

test('time can be skipped: work becomes due, the window closes, threads end', {
  timeout: 240_000,
}, async () => {
  const folder = temporaryFolder();
  const system = await startReal([], { folder });
  expect((await system.call('clock')).body).toEqual({ offsetMs: 0, canSkip: true });
  expect((await system.call('clock', { skipMs: -1 })).status).toBe(400);
  const thread = async () => (await system.inside(AMINA)).conversations[0]?.thread?.lastAt ?? '';

  // +25 s: the back-off of a failed turn is over.
  await system.say(AMINA, 'First');
  await system.reply(AMINA, 1);
  const firstThread = await thread();
  await system.call('faults', { kind: 'assistant_refuse', status: 503 });
  await system.say(AMINA, 'Second');
  const released = await system.entry(AMINA, { name: 'released' });
  await fetch(`${system.url}/control/faults`, { method: 'DELETE' });
  expect((await system.call('clock', { skipMs: 25 * SECOND })).body).toEqual({ offsetMs: 25 * SECOND });
  expect(await system.reply(AMINA, 2)).toContain('Second');
  expect(await system.entry(AMINA, { name: 'claimed', attempt: 2 })).toMatchObject({ turn: released.turn });
  await system.entry(AMINA, { type: 'note', text: 'the clock was moved by 25 s' });
  expect(Date.parse(await thread()) - Date.parse(firstThread)).toBeGreaterThan(25 * SECOND);

  // +24 h: a turn that waits can be answered no more, until the person writes again.
  await system.call('faults', { kind: 'assistant_refuse', status: 503 });
  await system.say(NOOR, 'Too late');
  await system.entry(NOOR, { name: 'released' });
  await system.call('clock', { skipMs: DAY });
  await fetch(`${system.url}/control/faults`, { method: 'DELETE' });
  await system.entry(NOOR, { name: 'given_up' });
  const { deadLetters } = await system.inside(NOOR);
  expect(deadLetters).toMatchObject([{ messages: 1 }]);
  expect(await system.texts(NOOR)).toEqual([]);
  await system.say(NOOR, 'In time');
  expect(await system.reply(NOOR, 1)).toContain('In time');
  const redriven = await system.call('redrive', { turn: deadLetters[0]?.turnId });
  expect(redriven).toMatchObject({ status: 200, body: { conversation: expect.any(String) } });
  expect(await system.reply(NOOR, 2)).toMatch(/^Sorry, your message reached me too late/);
  expect((await system.inside(NOOR)).deadLetters).toEqual([]);
  expect((await system.call('redrive', { turn: 'none' })).status).toBe(404);

  // +8 days: the thread has ended, and the conversation is another one.
  const threads = async () =>
    (await system.entries(AMINA)).filter(
      ({ url, kind }) => kind === 'assistant' && url?.endsWith('/threads'),
    );
  expect(await threads()).toHaveLength(1);
  await system.call('clock', { skipMs: 8 * DAY });
  await system.say(AMINA, 'After a week');
  expect(await system.reply(AMINA, 3)).toContain('After a week');
  await expect.poll(async () => (await threads()).length).toBe(2);
  const offsetMs = 25 * SECOND + 9 * DAY;
  expect(Math.abs(Date.parse(await thread()) - Date.now() - offsetMs)).toBeLessThan(60 * SECOND);

  // Kept until --fresh.
  expect(JSON.parse(readFileSync(join(folder, 'data/clock.json'), 'utf8'))).toEqual({ offsetMs });
  system.child.kill('SIGINT');
  expect(await system.ended).toBe(0);
  const again = await startReal([], { folder });
  expect((await again.call('clock')).body).toEqual({ offsetMs, canSkip: true });
  again.child.kill('SIGINT');
  await again.ended;
  const fresh = await startReal(['--fresh'], { folder });
  expect(fresh.output()).toContain('data/clock.json');
  expect((await fresh.call('clock')).body).toEqual({ offsetMs: 0, canSkip: true });
});
