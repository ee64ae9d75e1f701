import { existsSync, readFileSync, watch } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { freePort } from '#scripts/chaos/own-process.ts';
import { temporaryFolder } from '../../../fakes/folder.ts';
import { runProgram } from '../../../fakes/program.ts';
import { AMINA, control } from '../start-with-app.ts';

/** Large enough that a write takes a while. */
const MESSAGES = 60;
const TEXT = 'ق'.repeat(30_000);

// Starts the program up to twelve times.
it('has the former or the new chats after kill -9 in the middle of writing', {
  timeout: 120_000,
}, async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'simulator.json');
  const port = await freePort();
  const simulator = { url: `http://localhost:${port}` };
  // Nobody listens there: every message stays undelivered.
  const args = ['--port', String(port), '--webhook-url', 'http://localhost:9/', '--state', path];
  const start = async () => {
    const program = runProgram('scripts/simulator/index.ts', {}, args);
    await program.printed('WhatsApp is at');
    return program;
  };
  const bubbles = async (): Promise<number> => {
    const chat = await control(simulator, `chats/${AMINA}`);
    return (chat as { bubbles: readonly unknown[] }).bubbles.length;
  };

  let program = await start();
  for (let count = 0; count < MESSAGES; count += 1)
    await control(simulator, 'say', { person: AMINA, text: TEXT });
  const isSaved = () => existsSync(path) && readFileSync(path, 'utf8').includes(`"order":${MESSAGES}`);
  await expect.poll(isSaved).toBe(true);

  let inTheMiddle = 0;
  for (let kills = 0; kills < 10 && inTheMiddle < 2; kills += 1) {
    const watcher = watch(folder, (_, name) => {
      if (name === 'simulator.json.tmp') program.child.kill('SIGKILL');
    });
    await control(simulator, 'say', { person: AMINA, text: 'One more' });
    await program.ended;
    watcher.close();
    if (existsSync(`${path}.tmp`)) inTheMiddle += 1;
    program = await start();
    expect(program.output()).not.toContain('set-aside');
    expect(await bubbles()).toBeGreaterThanOrEqual(MESSAGES);
  }
  expect(inTheMiddle).toBeGreaterThan(0);

  await control(simulator, 'say', { person: AMINA, text: 'The last' });
  const last = await bubbles();
  program.child.kill('SIGTERM');
  expect(await program.ended).toMatchObject({ code: 0 });
  expect(existsSync(`${path}.tmp`)).toBe(false);
  program = await start();
  expect(await bubbles()).toBe(last);
});
