import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { AMINA, graph, startWithApp, text } from '../start-with-app.ts';
import { answered, fakeControl } from './fake-control.ts';
import { DESKTOP, inBrowser, look, PEOPLE, untilFocused, useBrowser } from './open-page.ts';
import { REQUEST, REQUEST_AND_RESPONSE } from './samples.ts';

useBrowser();

const HOP = { ...REQUEST_AND_RESPONSE, id: 'turn-1-h1' };

/** Opens the chat of Amina with a message that was answered in two parts. */
async function openAnswered(viewport = DESKTOP) {
  const [simulator] = await startWithApp({ people: PEOPLE });
  const at = Date.now();
  const message = simulator.say(AMINA, 'May one fast while travelling?');
  const { body } = await graph(simulator, text('It is allowed.'));
  const bubble = body.messages[0]?.id ?? '';
  await simulator.idle();
  const entries = answered(message, [bubble], at);
  let control: Awaited<ReturnType<typeof fakeControl>> | undefined;
  const page = await look(simulator, {
    viewport,
    async prepare(page) {
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      control = await fakeControl(page, {
        timeline: { person: AMINA, entries },
        'hops/turn-1-h1': HOP,
        'hops/turn-1-h1/resend': { id: 'again' },
        'hops/again': { ...HOP, id: 'again', request: { ...HOP.request, body: '{"edited":true}' } },
      });
    },
  });
  if (!control) throw new Error('the page was not prepared');
  await page.locator('.bubble').first().waitFor();
  return { simulator, page, control, entries, message, bubble };
}

const delivery = (page: Page) => page.getByRole('button', { name: /Delivery to the app/ }).first();

inBrowser('the steps of a message are listed with times, and what failed is named', async () => {
  const { page } = await openAnswered();
  const steps = page.getByRole('list', { name: 'Steps' }).getByRole('listitem');
  await expect.poll(() => steps.count()).toBe(18);
  await page.getByRole('button', { name: /May one fast while travelling\? done in 8\.\d+ s/ }).waitFor();
  const all = await steps.allInnerTexts();
  expect(all.join('\n')).toMatch(
    /\+(1|1\.0\d|990|99\d) (s|ms)\s+A worker takes it[\s\S]+\+2\.\d+ s\s+The assistant has answered/,
  );
  expect(all.join('\n')).toMatch(/Part 2 of 2 is not sent: rate_limited \(131056\)/);
  const refused = page.getByRole('button', { name: /The app calls the platform .*429/ });
  expect(await refused.locator('.ending.failed svg').count()).toBe(1);
});

inBrowser('an entry that comes later is added, and a hop that ends changes its own row only', async () => {
  const { page, control, message } = await openAnswered();
  await page.getByText('A worker takes it').waitFor();
  const at = Date.now() + 9_000;
  const hop = {
    type: 'hop',
    id: 'live',
    at,
    kind: 'delivery',
    method: 'POST',
    url: 'http://a/b',
    messages: [message],
  };
  await control.emit('entry', { person: AMINA, entry: hop });
  const row = page.getByRole('button', { name: /POST \/b/ });
  await row.getByText('open').waitFor();
  await page.evaluate(`
    globalThis.changed = 0;
    for (const line of document.querySelectorAll('.rows > li'))
      new MutationObserver(() => { globalThis.changed += 1; }).observe(line, { childList: true, subtree: true });
  `);
  await control.emit('entry', { person: AMINA, entry: { ...hop, ms: 12, status: 503 } });
  await row.getByText('503').waitFor();
  expect(await page.evaluate('globalThis.changed')).toBe(1);
  await control.emit('entry', { person: 'another', entry: { ...hop, id: 'other', url: 'http://a/c' } });
  await control.emit('entry', {
    person: AMINA,
    entry: { type: 'note', id: 'n', at, text: 'the app was killed' },
  });
  await page.locator('.rows').getByText('the app was killed').waitFor();
  expect(await page.getByRole('button', { name: /POST \/c/ }).count()).toBe(0);
});

inBrowser('an exchange opens to both directions, and is copied as curl', async () => {
  const { page } = await openAnswered();
  await delivery(page).click();
  const request = page.getByRole('region', { name: 'Body of the request' });
  expect(await request.innerText()).toBe(JSON.stringify(JSON.parse(REQUEST), null, 2));
  const response = page.getByRole('region', { name: 'Body of the response 200' });
  expect(
    await response.evaluate((body: { matches(css: string): boolean }) => body.matches(':dir(rtl)')),
  ).toBe(true);
  await page.getByText('2 headers').click();
  await page.getByText('X-Hub-Signature-256').waitFor();
  await page.getByRole('button', { name: 'Copy as curl' }).click();
  await page.getByText('Copied.').waitFor();
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe(HOP.curl);
  await delivery(page).click();
  await request.waitFor({ state: 'detached' });
});

inBrowser('a delivery is sent again as it was, or edited, and its repetition opens', async () => {
  const { page, control, message } = await openAnswered();
  await delivery(page).click();
  await page.getByRole('button', { name: 'Resend', exact: true }).click();
  await page.getByText('Sent again').waitFor();
  expect(control.calls).toEqual([{ path: 'hops/turn-1-h1/resend', body: {} }]);

  await page.getByRole('button', { name: 'Resend edited' }).click();
  const body = page.getByLabel('Body to send');
  await untilFocused(page, 'Body to send');
  await body.fill('{"edited": tru');
  await page.getByRole('button', { name: 'Send this body' }).click();
  await page.getByRole('alert').getByText('This is not JSON').waitFor();
  expect(control.calls).toHaveLength(1);
  await body.fill('{"edited": true}');
  await page.getByRole('button', { name: 'Send this body' }).click();
  await expect.poll(() => control.calls.at(-1)?.body).toEqual({ body: '{"edited": true}' });

  const again = {
    ...HOP,
    id: 'again',
    at: Date.now() + 9_000,
    resent: true,
    status: 200,
    ms: 4,
    messages: [message],
  };
  await control.emit('entry', { person: AMINA, entry: again });
  await page.getByRole('button', { name: /Delivery to the app, sent again/, expanded: true }).waitFor();
  await page.getByRole('region', { name: 'Body of the request' }).getByText('"edited": true').waitFor();
});

inBrowser('the menu of a message leads to its group, also from a reply and on a phone', async () => {
  const { page } = await openAnswered({ width: 390, height: 844 });
  expect(await page.getByRole('complementary', { name: 'What happened' }).isVisible()).toBe(false);
  await page.locator('.theirs').focus();
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'What happened' }).click();
  await untilFocused(page, 'May one fast while travelling?');
  expect(await page.locator('.group.selected').count()).toBe(1);
  await page.keyboard.press('Escape');
  await expect.poll(() => page.getByRole('complementary', { name: 'What happened' }).isVisible()).toBe(false);
  await untilFocused(page, 'It is allowed.');
});

inBrowser('two thousand rows: few are laid out, and one more changes only its own place', async () => {
  const { page, control, message } = await openAnswered();
  await page.getByText('A worker takes it').waitFor();
  const many = Array.from({ length: 2_000 }, (_, index) => ({
    ...{
      type: 'step',
      id: `many-${index}`,
      at: Date.now() + index,
      name: 'status',
      outcome: 'read',
      message,
    },
  }));
  await page.evaluate(`
    globalThis.slow = [];
    new PerformanceObserver((list) => slow.push(...list.getEntries().map(({ duration }) => duration)))
      .observe({ type: 'longtask' });
  `);
  for (const entry of many) void control.emit('entry', { person: AMINA, entry });
  await expect.poll(() => page.locator('.rows > li').count()).toBe(2_018);
  const skipped = await page.evaluate(`
    [...document.querySelectorAll('.rows > li .words')]
      .filter((words) => !words.checkVisibility({ contentVisibilityAuto: true })).length
  `);
  expect(skipped).toBeGreaterThan(1_500);
  const moved = await page.evaluate(`(() => {
    globalThis.added = 0;
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes) globalThis.added += addedNodes.length;
    }).observe(document.querySelector('.rows'), { childList: true });
  })()`);
  expect(moved).toBeUndefined();
  await control.emit('entry', {
    person: AMINA,
    entry: { ...many[0], id: 'one-more', at: Date.now() - 3_000 },
  });
  await expect.poll(() => page.evaluate('globalThis.added')).toBe(1);
});

inBrowser('the column stays hidden over a reload, and everything works with the keyboard alone', async () => {
  const { page } = await openAnswered();
  const panel = page.getByRole('complementary', { name: 'What happened' });
  await panel.waitFor();
  await page.locator('[data-row]').first().focus();
  await page.keyboard.press('ArrowDown');
  await untilFocused(page, 'Delivery to the app');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Resend edited' }).waitFor();
  await page.keyboard.press('Tab');
  await untilFocused(page, 'Copy as curl');
  await page.getByRole('tab', { name: 'Timeline' }).focus();
  await page.keyboard.press('ArrowRight');
  await untilFocused(page, 'tab-inside');
  expect(await page.getByRole('tabpanel', { name: 'Inside' }).isVisible()).toBe(true);
  await page.keyboard.press('ArrowRight');
  await page.getByRole('heading', { name: 'Time', exact: true }).waitFor();

  await page.getByRole('button', { name: 'Hide what happened' }).focus();
  await page.keyboard.press('Enter');
  await panel.waitFor({ state: 'hidden' });
  await untilFocused(page, 'open-happened');
  await page.reload();
  await page.getByText('on the phone of Amina').waitFor();
  expect(await panel.isVisible()).toBe(false);
  await page.getByRole('button', { name: 'What happened' }).click();
  await page.getByRole('heading', { name: 'Time', exact: true }).waitFor();
});

inBrowser('a browser without storage has the panel as well', async () => {
  const [simulator] = await startWithApp({ people: PEOPLE });
  const page = await look(simulator, {
    viewport: DESKTOP,
    async prepare(page) {
      await fakeControl(page, { timeline: { person: AMINA, entries: [] } });
      await page.addInitScript(`
        Object.defineProperty(globalThis, 'localStorage', { get() { throw new Error('refused'); } });
      `);
    },
  });
  await page.getByText('Nothing has happened yet').waitFor();
  await page.getByRole('tab', { name: 'Faults and time' }).click();
  await page.getByRole('button', { name: 'Hide what happened' }).click();
  await page.getByRole('complementary', { name: 'What happened' }).waitFor({ state: 'hidden' });
});
