/** `npm run docs -- --pictures`: takes the pictures of the simulator's page, in the real system, with Chromium. */
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { CommandError } from './errors.ts';
import { gifOf } from './pictures/gif.ts';
import { pictureOfChat, pictureOfExchange, recordingOfMessage } from './pictures/scenes.ts';
import { startPictureSystem } from './pictures/system.ts';

const MAX_BYTES = 600_000;

/** Resolves to the files by their paths. Rejects with `CommandError` without Chromium, and for a file that is too large. */
export async function pictureFiles(): Promise<readonly (readonly [path: string, content: Uint8Array])[]> {
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
  if (!existsSync(executablePath))
    throw new CommandError(
      `NO PICTURES: there is no Chromium at ${executablePath}. Set CHROMIUM to the path of one, or leave out --pictures.`,
    );
  const system = await startPictureSystem();
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
  });
  try {
    const files = [
      ['docs/pictures/chat.png', await pictureOfChat(browser, system.url)],
      ['docs/pictures/exchange.png', await pictureOfExchange(browser, system.url)],
      ['docs/pictures/message.gif', gifOf(await recordingOfMessage(browser, system.url))],
    ] as const;
    for (const [path, { length }] of files)
      if (length > MAX_BYTES)
        throw new CommandError(`${path} has ${length} bytes, and may have ${MAX_BYTES}.`);
    return files;
  } finally {
    await browser.close();
    await system.stop();
  }
}
