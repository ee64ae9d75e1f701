import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PATH = process.env.CHROMIUM ?? '/usr/bin/chromium';

export const hasBrowser = existsSync(PATH);
if (!hasBrowser)
  process.stderr.write(`NOT TESTED: pages, since there is no Chromium at ${PATH} (CHROMIUM=<path>)\n`);

/** Starts a headless Chromium with an empty profile and without background networking. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: PATH,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
