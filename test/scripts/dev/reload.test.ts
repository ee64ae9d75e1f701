import { cpSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { temporaryFolder } from '../../fakes/folder.ts';
import { startDev } from './start-dev.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const AMINA = '15550000001';
const YUSUF = '15550000002';
const PHRASES = 'app/language/phrases/en.ts';

const chatSchema = z.object({
  bubbles: z.array(
    z.looseObject({ id: z.string(), by: z.string(), progress: z.string(), content: z.looseObject({}) }),
  ),
});
const startSchema = z.looseObject({ trouble: z.string() });
const repliesSchema = z.array(z.looseObject({ id: z.string(), text: z.string() }));

/** A copy of the checkout, which the test edits. */
function copyOfCheckout(): string {
  const folder = temporaryFolder();
  for (const name of ['app', 'scripts', 'package.json']) {
    cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

function page(port: number) {
  const control = `http://localhost:${port}/control`;
  const texts = async (person: string) =>
    repliesSchema
      .parse(await (await fetch(`${control}/replies?person=${person}`)).json())
      .map(({ text }) => text);
  return {
    texts,
    async say(person: string, text: string): Promise<void> {
      const response = await fetch(`${control}/say`, {
        method: 'POST',
        body: JSON.stringify({ person, text }),
      });
      expect(response.status).toBe(200);
    },
    /** Resolves to the newest of that many replies. */
    async reply(person: string, count: number): Promise<string> {
      await expect.poll(async () => (await texts(person)).length, { timeout: 20_000 }).toBe(count);
      return (await texts(person)).at(-1) ?? '';
    },
    /** Resolves to what the page shows about the app: the state that its stream of events begins with. */
    async trouble(): Promise<string> {
      const reader = (await fetch(`${control}/events`)).body
        ?.pipeThrough(new TextDecoderStream())
        .getReader();
      const first = (await reader?.read())?.value ?? '';
      await reader?.cancel();
      return startSchema.parse(JSON.parse(/^data: (.*)$/m.exec(first)?.[1] ?? '')).trouble;
    },
    bubbles: async (person: string) =>
      chatSchema.parse(await (await fetch(`${control}/chats/${person}`)).json()).bubbles,
  };
}

test('edits restart the app and lose nothing, and the chats outlive all of it', {
  timeout: 90_000,
}, async () => {
  const folder = copyOfCheckout();
  const phrases = readFileSync(join(folder, PHRASES), 'utf8');
  const program = join(folder, 'scripts', 'dev.ts');
  const first = await startDev([], { folder, program });
  await first.says(/Everything is running/);
  const before = page(first.ports[2]);
  await before.say(AMINA, 'Hello there');
  expect(await before.reply(AMINA, 1)).toMatch(/^I am a computer program/);

  // As editors save: the new file takes the place of the former one.
  const changed = phrases.replace('I am a computer program', 'I am the edited program');
  writeFileSync(join(folder, 'new'), changed);
  renameSync(join(folder, 'new'), join(folder, PHRASES));
  await first.says(new RegExp(`^app restarted: ${PHRASES} changed$`, 'm'));
  await before.say(YUSUF, 'Good morning');
  expect(await before.reply(YUSUF, 1)).toMatch(/^I am the edited program/);
  // The store is the same: this is not the first answer to her.
  await before.say(AMINA, 'Hello again');
  expect(await before.reply(AMINA, 2)).not.toMatch(/^I am/);

  writeFileSync(join(folder, PHRASES), `${changed}\nconst = ;\n`);
  await first.says(/^app ended with code 1 before it responded: it starts again when a file under app/m);
  expect(first.output().match(/^app +\| SyntaxError/gm)).toHaveLength(1);
  const trouble = await before.trouble();
  expect(trouble).toMatch(
    /^The app ended with code 1 before it responded\.\n.*phrases\/en\.ts:\d+\nconst = ;/,
  );
  expect(trouble).toContain('SyntaxError');
  expect(trouble).not.toMatch(/^ +at /m);
  await before.say(AMINA, 'Are you there?');
  await expect.poll(async () => (await before.bubbles(AMINA)).at(-1)?.progress).toBe('sent');
  writeFileSync(join(folder, PHRASES), changed);
  expect(await before.reply(AMINA, 3)).toContain('Are you there?');
  expect(await before.trouble()).toBe('');

  await expect.poll(async () => (await before.bubbles(AMINA)).at(-1)?.progress).toBe('delivered');
  const kept = await before.bubbles(AMINA);
  first.child.kill('SIGINT');
  expect(await first.ended).toBe(0);
  const second = await startDev([], { folder, program });
  await second.says(/Everything is running/);
  expect(await page(second.ports[2]).bubbles(AMINA)).toEqual(kept);
});
