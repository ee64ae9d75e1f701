import { createHash } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import type { Frame } from './gif.ts';

const SIZE = { width: 1280, height: 760 };
const SMALL = { width: 1200, height: 640 };
const AMINA = '15550000001';
const YUSUF = '15550000002';
const FRAME_MS = 120;
/** What stands still is shown for so long at most. */
const MAX_STILL_MS = 1_600;
const END_MS = 3_500;

/** Resolves to a picture (PNG) of a chat in two languages, beside what happened to its messages. */
export async function pictureOfChat(browser: Browser, url: string): Promise<Buffer> {
  const page = await openChat(browser, url, AMINA, SIZE);
  await write(page, 'Assalamu alaikum! May I shorten my prayers on a journey?');
  await replies(page, 1);
  await write(page, 'جزاكم الله خيرا. وماذا عن الصيام في السفر؟');
  await replies(page, 2);
  await settled(page);
  const png = await page.screenshot();
  await page.close();
  return png;
}

/** Resolves to a picture of one HTTP exchange in the timeline. */
export async function pictureOfExchange(browser: Browser, url: string): Promise<Buffer> {
  const page = await openChat(browser, url, AMINA, SIZE);
  await openExchange(page);
  await settled(page);
  const png = await page.screenshot();
  await page.close();
  return png;
}

/** Resolves to the frames of a message on its way: written, answered, and followed in the timeline. */
export async function recordingOfMessage(browser: Browser, url: string): Promise<readonly Frame[]> {
  const page = await openChat(browser, url, YUSUF, SMALL);
  const camera = record(page);
  const words = page.getByLabel('Message', { exact: true });
  await words.pressSequentially('What is zakat?', { delay: 70 });
  await page.keyboard.press('Enter');
  await replies(page, 1);
  await settled(page);
  await openExchange(page);
  await settled(page);
  const frames = await camera.stop();
  await page.close();
  return frames;
}

async function openChat(browser: Browser, url: string, person: string, viewport: typeof SIZE): Promise<Page> {
  const page = await browser.newPage({ viewport, colorScheme: 'light', locale: 'en-GB', timezoneId: 'UTC' });
  await page.goto(`${url}/#/chat/${person}`);
  await page.getByText('on the phone of').waitFor();
  return page;
}

async function write(page: Page, text: string): Promise<void> {
  await page.getByLabel('Message', { exact: true }).fill(text);
  await page.keyboard.press('Enter');
}

/** Resolves when there are so many replies, and the newest turn is over. */
async function replies(page: Page, count: number): Promise<void> {
  await page
    .locator('#messages .theirs:not(.typing)')
    .nth(count - 1)
    .waitFor({ timeout: 60_000 });
}

/** Opens the delivery of the newest message in the timeline. */
async function openExchange(page: Page): Promise<void> {
  const row = page.locator('#groups .group').first().locator('ol.rows button[data-row]').first();
  await row.waitFor();
  await row.click();
}

/** Statuses and steps come for a moment after a reply. */
function settled(page: Page): Promise<void> {
  return page.waitForTimeout(1_800);
}

/** Takes a screenshot again and again until it is stopped; equal ones are one frame. */
function record(page: Page): { stop(): Promise<readonly Frame[]> } {
  const frames: { png: Buffer; ms: number; digest: string }[] = [];
  let goesOn = true;
  const done = (async () => {
    while (goesOn) {
      const startedAt = performance.now();
      const png = await page.screenshot({ caret: 'hide' });
      const digest = createHash('sha256').update(png).digest('hex');
      const last = frames.at(-1);
      await page.waitForTimeout(Math.max(0, FRAME_MS - (performance.now() - startedAt)));
      const ms = performance.now() - startedAt;
      if (last?.digest === digest) last.ms = Math.min(MAX_STILL_MS, last.ms + ms);
      else frames.push({ png, ms: Math.min(MAX_STILL_MS, ms), digest });
    }
  })();
  return {
    async stop() {
      goesOn = false;
      await done;
      return frames.map(({ png, ms }, at) => ({
        png,
        ms: at === frames.length - 1 ? END_MS : Math.round(ms),
      }));
    },
  };
}
