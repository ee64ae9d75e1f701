import { expect } from 'vitest';
import { startReal } from '../../dev/start-real.ts';
import { DESKTOP, inBrowser, look, useBrowser, write } from './open-page.ts';

useBrowser();

const SLOW = { timeout: 240_000 };

inBrowser(
  'with the real app: a message is followed, sent again, looked into; the app is killed',
  SLOW,
  async () => {
    const system = await startReal();
    const page = await look(system, {
      viewport: DESKTOP,
      prepare: (page) => page.context().grantPermissions(['clipboard-read', 'clipboard-write']),
    });
    page.setDefaultTimeout(60_000);
    await write(page, 'What is zakat?');
    await page.locator('.theirs', { hasText: 'zakat' }).waitFor();
    await page.getByRole('button', { name: /What is zakat\? done in/ }).waitFor();
    const rows = page.getByRole('list', { name: 'Steps' });
    for (const words of [
      'The app stored the message',
      'The assistant has answered',
      'The reply is stored',
      'Done',
    ])
      await rows.getByText(words, { exact: false }).first().waitFor();
    for (const name of [
      /Delivery to the app .*200/,
      /The app asks the assistant .*200/,
      /The app calls the platform .*200/,
    ])
      await page.getByRole('button', { name }).first().waitFor();
    expect(await page.locator('.group').count()).toBe(1);

    await page
      .getByRole('button', { name: /Delivery to the app/ })
      .first()
      .click();
    await page.getByRole('region', { name: 'Body of the request' }).getByText('What is zakat?').waitFor();
    await page.getByRole('button', { name: 'Copy as curl' }).click();
    await page.getByText('Copied.').waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toMatch(
      /^curl .*X-Hub-Signature-256: sha256=/is,
    );
    await page.getByRole('button', { name: 'Resend edited' }).click();
    const body = page.getByLabel('Body to send');
    const edited = (await body.inputValue())
      .replace('What is zakat?', 'Who receives it?')
      .replace('wamid.', 'wamid.E');
    await body.fill(edited);
    await page.getByRole('button', { name: 'Send this body' }).click();
    await page.locator('.theirs', { hasText: 'Who receives it?' }).waitFor();
    await page.getByRole('button', { name: /Delivery to the app, sent again/, expanded: true }).waitFor();

    await page.getByRole('tab', { name: 'Inside' }).click();
    await page.getByText('The reply was sent.').waitFor();
    await page.getByRole('table', { name: 'Parts of the reply' }).waitFor();

    await page.getByRole('tab', { name: 'Faults and time' }).click();
    await page.getByLabel('What goes wrong').selectOption('The assistant refuses: HTTP 401');
    await page.getByLabel('How often').selectOption('until it is ended');
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await write(page, 'Who is refused?');
    await page.getByRole('button', { name: 'Crash the app now' }).click();
    await page.locator('#process-line').getByText('the app responds again').waitFor();
    await page.getByRole('button', { name: '+24 h' }).click();
    await page.locator('#clock-line').getByText('The clock is 24 h ahead.').waitFor();
    // After 24 hours no text may be sent, so the turn is given up.
    await page.getByRole('tab', { name: 'Inside' }).click();
    const redrive = page.getByRole('button', { name: /^Redrive/ });
    for (let skips = 0; (await redrive.count()) === 0; skips += 1) {
      expect(skips).toBeLessThan(5);
      await system.call('clock', { skipMs: 3_600_000 });
      await redrive.waitFor({ timeout: 10_000 }).catch(() => undefined);
    }
    await redrive.click();
    await page.getByText('It waits for a worker again').waitFor();
  },
);
