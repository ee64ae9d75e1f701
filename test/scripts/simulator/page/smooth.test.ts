import { expect } from 'vitest';
import { AMINA, startWithApp } from '../start-with-app.ts';
import { DESKTOP, inBrowser, look, PEOPLE, useBrowser } from './open-page.ts';

useBrowser();

const MESSAGES = 500;

/** What the page changes while something is done; times are for a trace, since a busy machine stretches them. */
inBrowser(
  'in a chat of 500 messages, typing and scrolling change no message',
  { timeout: 120_000 },
  async () => {
    const [simulator] = await startWithApp({ people: PEOPLE });
    for (let index = 0; index < MESSAGES; index += 1)
      simulator.say(AMINA, `message ${index}: السلام عليكم 🌙`);
    await simulator.idle();
    const page = await look(simulator, { viewport: DESKTOP });
    await expect.poll(() => page.locator('.bubble').count()).toBe(MESSAGES);
    await expect.poll(() => page.locator('.ticks.delivered').count()).toBe(MESSAGES);
    await page.getByRole('button', { name: 'Hide what happened' }).click();
    await page.evaluate(`
    globalThis.changed = 0;
    new MutationObserver((changes) => { globalThis.changed += changes.length; })
      .observe(document.querySelector('#messages'), { childList: true, subtree: true, attributes: true, characterData: true });
  `);
    await page
      .getByLabel('Message', { exact: true })
      .pressSequentially('How does one pray while travelling?');
    for (const top of [0, 4_000, 9_000])
      await page.evaluate(`document.querySelector('#log').scrollTop = ${top}`);
    await page.getByRole('button', { name: 'To the end' }).waitFor();
    expect(await page.evaluate('globalThis.changed')).toBe(0);
  },
);
