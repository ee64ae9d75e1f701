import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { temporaryFolder } from '../../../fakes/folder.ts';
import { DESKTOP, inBrowser, open, untilFocused, useBrowser } from './open-page.ts';

const FIXTURES = join(import.meta.dirname, '../../../fixtures/chats');

useBrowser();

inBrowser('a recorded chat is opened with the keyboard, without the app', async () => {
  const recordings = temporaryFolder();
  cpSync(join(FIXTURES, 'image-and-quote.json'), join(recordings, 'image-and-quote.json'));
  const { app, page } = await open({ recordings }, { viewport: DESKTOP });
  await page.locator('#recordings > summary').press('Enter');
  const list = page.getByRole('combobox', { name: 'Recorded' });
  await expect.poll(() => list.inputValue()).toBe('image-and-quote');
  for (let stop = 0; stop < 5; stop += 1) await page.keyboard.press('Tab');
  await untilFocused(page, 'Replay');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByText('on the phone of Recorded: image-and-quote').waitFor();
  const messages = page.locator('#messages');
  await messages.getByText('Thank you for the picture.').waitFor();
  expect(await page.locator('#messages .mine', { hasText: 'Please explain this.' }).count()).toBe(1);
  expect(app.taken).toEqual([]);
});
