import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { AMINA, graph, startWithApp, text } from '../start-with-app.ts';
import {
  DESKTOP,
  HIDDEN,
  inBrowser,
  look,
  open,
  PEOPLE,
  untilFocused,
  useBrowser,
  write,
} from './open-page.ts';

useBrowser();

/** How far the end of the conversation is below what is seen; pixels. */
function belowTheEnd(page: Page): Promise<number> {
  return page
    .locator('#log')
    .evaluate((log: { scrollHeight: number; scrollTop: number; clientHeight: number }) =>
      Math.round(log.scrollHeight - log.scrollTop - log.clientHeight),
    );
}

async function fill(simulator: { say(person: string, words: string): string }, page: Page): Promise<void> {
  for (let i = 0; i < 40; i += 1) simulator.say(AMINA, `message ${i}.`);
  await page.locator('.bubble', { hasText: 'message 39.' }).waitFor();
  await expect.poll(() => belowTheEnd(page)).toBe(0);
}

inBrowser('each chat has an address, which a reload and the back button keep', async () => {
  const { simulator, page } = await open({}, { viewport: DESKTOP });
  const at = (id: string) => expect.poll(() => page.url()).toBe(`${simulator.url}/#/chat/${id}`);
  await page.getByLabel('Message', { exact: true }).fill('a draft');
  await page.getByRole('link', { name: /Noor/ }).click();
  await page.getByText('on the phone of Noor').waitFor();
  await at(HIDDEN);
  expect(await page.getByLabel('Message', { exact: true }).inputValue()).toBe('');
  await page.reload();
  await page.getByText('on the phone of Noor').waitFor();
  await page.goBack();
  await page.getByText('on the phone of Amina').waitFor();
  await page.getByRole('link', { name: /Noor/ }).click();
  await page.getByText('on the phone of Noor').waitFor();

  simulator.change(HIDDEN, { userId: 'US.2' });
  await at('US.2');
  await page.goto(`${simulator.url}/#/chat/15559999999`);
  await page.getByRole('status').getByText('There is no chat with 15559999999 here.').waitFor();
  await page.goto(`${simulator.url}/#/chat/%`);
  await at('US.2');
});

inBrowser('on a phone the list and a chat are two views, and a reply is read only in its chat', async () => {
  const { simulator, app } = await open();
  const page = await look(simulator, { path: '/' });
  expect(await page.getByRole('main', { name: 'Chat', exact: true }).isVisible()).toBe(false);
  await page.getByRole('link', { name: /Amina/ }).click();
  await page.getByText('on the phone of Amina').waitFor();
  expect(await page.getByRole('complementary', { name: 'Chats' }).isVisible()).toBe(false);
  await page.getByRole('link', { name: 'Back to the list' }).click();
  await untilFocused(page, 'Amina');
  expect(await page.getByRole('main', { name: 'Chat', exact: true }).isVisible()).toBe(false);
  expect(app.taken).toEqual([]);
});

inBrowser('a reply is not read while the list is shown', async () => {
  const { simulator, app, page } = await open();
  simulator.say(AMINA, 'salam');
  await page.getByRole('link', { name: 'Back to the list' }).click();
  await graph(simulator, text('peace'));
  const link = page.getByRole('link', { name: /Amina peace unread/ });
  await link.waitFor();
  await app.until(1, ({ statuses }) => statuses.some(({ status }) => status === 'delivered'));
  await link.waitFor();
  expect(app.taken.flatMap(({ statuses }) => statuses).some(({ status }) => status === 'read')).toBe(false);
  await link.click();
  await app.until(1, ({ statuses }) => statuses.some(({ status }) => status === 'read'));
});

inBrowser('the end stays in view above a tall field, and a reader further up is not moved', async () => {
  const { simulator, page } = await open();
  await fill(simulator, page);
  await page.getByLabel('Message', { exact: true }).fill('1\n2\n3\n4\n5');
  await expect.poll(() => belowTheEnd(page)).toBe(0);
  await page.getByLabel('Message', { exact: true }).fill('');

  await page.evaluate(`document.querySelector('#log').scrollTop = 0`);
  await page.getByRole('button', { name: 'To the end' }).waitFor();
  await graph(simulator, text('late'));
  const button = page.getByRole('button', { name: '1 new message' });
  await button.waitFor();
  expect(await page.evaluate(`document.querySelector('#log').scrollTop`)).toBe(0);
  await button.click();
  await button.waitFor({ state: 'hidden' });
  expect(await belowTheEnd(page)).toBe(0);
  await write(page, 'mine');
  await page.locator('.mine', { hasText: 'mine' }).last().waitFor();
  await expect.poll(() => belowTheEnd(page)).toBe(0);
});

inBrowser('a quote leads to the message that it quotes', async () => {
  const { simulator, page } = await open();
  const first = simulator.say(AMINA, 'the very first');
  await fill(simulator, page);
  simulator.say(AMINA, { kind: 'text', text: 'about that', to: first });
  await page.getByRole('button', { name: 'You the very first' }).click();
  await untilFocused(page, 'the very first');
  await expect.poll(() => page.evaluate(`document.querySelector('#log').scrollTop`)).toBeLessThan(100);
});

inBrowser(
  'what arrives is announced once: not a chat that is opened, not a tick, not one’s own words',
  async () => {
    const { simulator, page } = await open();
    const announced = page.getByRole('log', { name: 'New messages' });
    await write(page, 'salam');
    await graph(simulator, text('*peace*'));
    await announced.getByText('Ansari: peace').waitFor({ state: 'attached' });
    await expect.poll(() => simulator.replies.list(AMINA)[0]?.progress).toBe('read');
    expect(await announced.locator('p').allTextContents()).toEqual(['Ansari: peace']);
    await page.reload();
    await page.locator('.theirs').waitFor();
    expect(await announced.locator('p').count()).toBe(0);
  },
);

inBrowser('an event changes its own bubble and no other', async () => {
  const { simulator, page } = await open();
  await fill(simulator, page);
  await simulator.idle();
  await expect.poll(() => page.locator('.ticks.delivered').count()).toBe(40);
  await page.evaluate(`
    globalThis.changed = new Set();
    new MutationObserver((changes) => {
      for (const { target, addedNodes } of changes)
        for (const node of [target, ...addedNodes]) changed.add(node.closest?.('li')?.dataset.id);
    }).observe(document.querySelector('#messages'), { childList: true, subtree: true, attributes: true });
  `);
  const id = simulator.say(AMINA, 'one more');
  await simulator.idle();
  await expect.poll(() => page.locator('.ticks.delivered').count()).toBe(41);
  expect(await page.evaluate('[...changed].filter(Boolean)')).toEqual(expect.arrayContaining([id]));
  expect(await page.evaluate('[...changed].filter(Boolean).length')).toBeLessThanOrEqual(2);
});

inBrowser('a message that failed says why', async () => {
  const { simulator, page } = await open({ faults: [{ kind: 'fails_later', code: 131026 }] });
  simulator.say(AMINA, 'salam');
  await graph(simulator, text('peace'));
  await page.locator('.theirs').getByText('Not delivered: Message undeliverable (131026)').waitFor();
});

inBrowser('without the simulator the page says so, also to who writes', async () => {
  const { simulator, page } = await open({ people: PEOPLE });
  await simulator.close();
  await page.getByText('The simulator does not answer; trying again.').waitFor();
  await write(page, 'anybody?');
  await expect.poll(() => page.getByLabel('Message', { exact: true }).inputValue()).toBe('anybody?');
  expect(await page.getByRole('status').first().innerText()).toBe(
    'The simulator does not answer; trying again.',
  );
});

test('the page may load its own files only, and no page may frame it', async () => {
  const [simulator] = await startWithApp();
  const { headers } = await fetch(simulator.url);
  const rules = headers.get('content-security-policy')?.split('; ') ?? [];
  expect(rules).toEqual(
    expect.arrayContaining([
      "default-src 'none'",
      "script-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ]),
  );
  expect(rules.every((rule) => /^[a-z-]+ '(self|none)'$/.test(rule))).toBe(true);
});
