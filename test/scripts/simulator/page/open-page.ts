import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Simulator } from '#scripts/simulator/simulator.ts';
import { hasBrowser, startBrowser } from '../../../fakes/browser.ts';
import type { WebhookApp } from '../../../fakes/webhook-app.ts';
import { AMINA, startWithApp } from '../start-with-app.ts';

/** A test that needs Chromium; skipped where there is none. */
export const inBrowser = test.runIf(hasBrowser);
export const HIDDEN = 'US.13491208655302741918';
export const PEOPLE = [
  { name: 'Amina', phone: AMINA },
  { name: 'Noor', userId: HIDDEN },
];
export const PHONE = { width: 390, height: 844 };
export const DESKTOP = { width: 1280, height: 800 };

interface Looks {
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly colorScheme?: 'light' | 'dark';
  /** What follows the address of the simulator. */
  readonly path?: string;
  /** Called before the page is loaded. */
  readonly prepare?: (page: Page) => Promise<void>;
}

let browser: Browser | undefined;

/** Starts the browser of a test file. */
export function useBrowser(): void {
  beforeAll(async () => {
    if (hasBrowser) browser = await startBrowser();
  });
  afterAll(() => browser?.close());
}

/** Starts a simulator and opens the chat of Amina in it. */
export async function open(
  options: Parameters<typeof startWithApp>[0] = {},
  looks: Looks = {},
): Promise<{ simulator: Simulator; app: WebhookApp; page: Page }> {
  const [simulator, app] = await startWithApp({ people: PEOPLE, ...options });
  return { simulator, app, page: await look(simulator, looks) };
}

/** Opens a page: by default on a phone, the chat of Amina. The test fails when anything went wrong on the page. */
export async function look(simulator: Pick<Simulator, 'url'>, looks: Looks = {}): Promise<Page> {
  if (!browser) throw new Error('there is no browser');
  const { path = `/#/chat/${AMINA}`, viewport = PHONE, colorScheme = 'light', prepare } = looks;
  const page = await browser.newPage({ viewport, colorScheme });
  page.setDefaultTimeout(10_000);
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('net::ERR')) problems.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(simulator.url)) problems.push(request.url());
  });
  onTestFinished(async () => {
    await page.close();
    expect(problems).toEqual([]);
  });
  await prepare?.(page);
  await page.goto(simulator.url + path);
  await page.getByRole('link', { name: /Amina/, includeHidden: true }).waitFor({ state: 'attached' });
  if (path.includes(AMINA)) await page.getByText('on the phone of Amina').waitFor();
  return page;
}

/** Writes a message in the open chat. */
export async function write(page: Page, words: string): Promise<void> {
  await page.getByLabel('Message', { exact: true }).fill(words);
  await page.keyboard.press('Enter');
}

/** Resolves when the element with the focus is, or is named, like this. */
export async function untilFocused(page: Page, name: string): Promise<void> {
  const focused = `(({ id, ariaLabel, textContent }) => id || ariaLabel || textContent)(document.activeElement)`;
  await expect.poll(() => page.evaluate(focused)).toContain(name);
}
