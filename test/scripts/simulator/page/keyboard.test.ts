import { expect } from 'vitest';
import { AMINA, graph, text } from '../start-with-app.ts';
import { DESKTOP, inBrowser, open, untilFocused, useBrowser, write } from './open-page.ts';

useBrowser();

inBrowser(
  'one writes at once, and the focus goes through the page in order, in both directions',
  async () => {
    const { simulator, page } = await open({}, { viewport: DESKTOP });
    await untilFocused(page, 'words');
    simulator.say(AMINA, 'one');
    simulator.say(AMINA, 'two');
    await page.locator('.bubble').nth(1).waitFor();

    const back = [
      'Send something else',
      'two',
      'open-happened',
      'Recorded chats',
      'This person',
      'Add a person',
      'Amina',
    ];
    await page.keyboard.press('Shift+Tab');
    await untilFocused(page, 'open-menu');
    for (const name of back.slice(1)) {
      await page.keyboard.press('Shift+Tab');
      await untilFocused(page, name);
    }
    for (const name of back.slice(0, -1).reverse().slice(0, -1)) {
      await page.keyboard.press('Tab');
      await untilFocused(page, name);
    }
  },
);

inBrowser('arrows choose a chat, and the field has the focus in it', async () => {
  const { page } = await open({}, { viewport: DESKTOP });
  await page.getByRole('link', { name: /Amina/ }).focus();
  await page.keyboard.press('ArrowDown');
  await untilFocused(page, 'Noor');
  await page.keyboard.press('ArrowDown');
  await untilFocused(page, 'Noor');
  await page.keyboard.press('Enter');
  await page.getByText('on the phone of Noor').waitFor();
  await untilFocused(page, 'words');
});

inBrowser('the menu of kinds of messages follows arrows, Home, End, Escape and Tab', async () => {
  const { app, page } = await open();
  const menu = page.getByRole('menu', { name: 'Send something else' });
  await page.getByRole('button', { name: 'Send something else' }).focus();
  await page.keyboard.press('Enter');
  await untilFocused(page, 'Image');
  await page.keyboard.press('End');
  await untilFocused(page, 'View once');
  await page.keyboard.press('ArrowDown');
  await untilFocused(page, 'Image');
  await page.keyboard.press('Escape');
  await untilFocused(page, 'open-menu');
  expect(await menu.isVisible()).toBe(false);

  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await untilFocused(page, 'words');
  expect(await menu.isVisible()).toBe(false);

  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  expect((await app.until(1, () => true))[0]?.messages).toMatchObject([{ type: 'audio' }]);
  await untilFocused(page, 'words');
  await page.keyboard.type('one');
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.type('two');
  await page.keyboard.press('Enter');
  expect((await app.until(2, () => true))[1]?.messages).toMatchObject([{ text: { body: 'one\ntwo' } }]);
});

inBrowser('the menu of a message opens by Enter and a right click, and Escape goes back to it', async () => {
  const { simulator, page } = await open();
  await write(page, 'mine');
  await graph(simulator, text('theirs'));
  await page.locator('.theirs').waitFor();
  await page.locator('.theirs').focus();
  await page.keyboard.press('ArrowUp');
  await untilFocused(page, 'mine');
  await page.keyboard.press('Enter');
  await untilFocused(page, 'Reply');
  await page.keyboard.press('ArrowUp');
  await untilFocused(page, 'Delete for everyone');
  await page.keyboard.press('Escape');
  await untilFocused(page, 'mine');
  expect(await page.getByRole('menu').count()).toBe(0);

  await page.locator('.theirs').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'React with 🙏' }).click();
  await page.getByRole('img', { name: 'Reaction: 🙏 from you' }).waitFor();
  await page.locator('.theirs').click({ button: 'right' });
  await page.locator('main header').click();
  expect(await page.getByRole('menu').count()).toBe(0);
});

inBrowser('what is written is the caption of a picture, and Escape takes a reply back', async () => {
  const { simulator, app, page } = await open();
  simulator.say(AMINA, 'salam');
  await graph(simulator, text('peace'));
  await page.locator('.theirs').waitFor();
  await page.locator('.theirs').focus();
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'Reply' }).click();
  await page.getByText('Reply to Ansari: peace').waitFor();
  await page.keyboard.press('Escape');
  await page.getByText('Reply to Ansari: peace').waitFor({ state: 'hidden' });
  await page.keyboard.type('my garden');
  await page.getByRole('button', { name: 'Send something else' }).click();
  await page.getByRole('menuitem', { name: 'Image' }).click();
  const [sent] = await app.until(1, ({ messages }) => messages.some(({ type }) => type === 'image'));
  expect(sent?.messages).toMatchObject([{ image: { caption: 'my garden' } }]);
  expect(await page.getByLabel('Message', { exact: true }).inputValue()).toBe('');
});
