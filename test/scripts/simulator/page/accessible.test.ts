import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { z } from 'zod';
import { AMINA, graph, startWithApp, text } from '../start-with-app.ts';
import { answered, fakeControl } from './fake-control.ts';
import { inBrowser, look, PEOPLE, useBrowser } from './open-page.ts';
import { INSIDE, INTERACTIVE, REQUEST_AND_RESPONSE } from './samples.ts';

useBrowser();

const SIZES = [
  { width: 360, height: 740 },
  { width: 768, height: 1_024 },
  { width: 1_280, height: 800 },
  { width: 1_600, height: 1_000 },
];

const violations = z.array(z.object({ id: z.string(), nodes: z.array(z.string()) }));

/** Resolves to what axe-core finds on the page as it is now; it is evaluated from outside, so no policy is relaxed. */
async function problemsOf(page: Page) {
  return violations.parse(
    await page.evaluate(`(async () => {
      const { violations } = await axe.run(document, { resultTypes: ['violations'] });
      return violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => html.slice(0, 160)) }));
    })()`),
  );
}

async function openFull(viewport: { width: number; height: number }, colorScheme: 'light' | 'dark') {
  const [simulator] = await startWithApp({ people: PEOPLE });
  const at = Date.now();
  const message = simulator.say(AMINA, 'ما حكم الصيام في السفر؟');
  simulator.say(AMINA, { kind: 'text', text: 'Is it true?', forwarded: 'often' });
  simulator.say(AMINA, { kind: 'location', latitude: 1, longitude: 2 });
  const { body } = await graph(simulator, text('> quoted\n`code` *bold* https://example.org\n- one\n- two'));
  const bubble = body.messages[0]?.id ?? '';
  simulator.say(AMINA, { kind: 'text', text: 'a reply', to: bubble });
  simulator.say(AMINA, { kind: 'reaction', to: bubble, emoji: '👍' });
  await graph(simulator, text('', INTERACTIVE));
  simulator.faults.add({ kind: 'fails_later', code: 131026, next: 1 });
  await graph(simulator, text('this fails'));
  simulator.faults.add({ kind: 'cut' });
  await simulator.idle();
  const entries = [
    ...answered(message, [bubble], at),
    { type: 'note', id: 'n', at: at + 3_000, text: 'the app was killed' },
  ];
  const page = await look(simulator, {
    ...{ viewport, colorScheme },
    async prepare(page) {
      await fakeControl(page, {
        timeline: { person: AMINA, entries },
        'hops/turn-1-h1': { ...REQUEST_AND_RESPONSE, id: 'turn-1-h1' },
        ...{ inside: INSIDE, clock: { offsetMs: 86_400_000 } },
      });
    },
  });
  await page.evaluate(axe.source);
  return page;
}

for (const colorScheme of ['light', 'dark'] as const)
  for (const viewport of SIZES)
    inBrowser(
      `axe-core finds nothing at ${viewport.width} pixels, ${colorScheme}`,
      { timeout: 120_000 },
      async () => {
        const page = await openFull(viewport, colorScheme);
        const found: Record<string, unknown> = {};
        const check = async (view: string) => {
          const problems = await problemsOf(page);
          if (problems.length > 0) found[view] = problems;
        };
        const isWide = viewport.width >= 1_200;
        await page.getByText('Not delivered').waitFor();
        await check('chat');
        await page.getByRole('button', { name: 'Send something else' }).click();
        await check('menu of kinds');
        await page.keyboard.press('Escape');
        await page.locator('.theirs').first().focus();
        await page.keyboard.press('Enter');
        await check('menu of a message');
        await page.keyboard.press('Escape');

        if (!isWide) await page.getByRole('button', { name: 'What happened' }).click();
        await page
          .getByRole('button', { name: /Delivery to the app/ })
          .first()
          .click();
        await page.getByText('2 headers').click();
        await page.getByRole('button', { name: 'Resend edited' }).click();
        await page.getByLabel('Body to send').fill('{');
        await page.getByRole('button', { name: 'Send this body' }).click();
        await page.getByText('This is not JSON').waitFor();
        await check('timeline');
        await page.getByRole('tab', { name: 'Inside' }).click();
        await page.getByRole('table', { name: 'Parts of the reply' }).waitFor();
        await check('inside');
        await page.getByRole('tab', { name: 'Faults and time' }).click();
        await check('faults and time');
        await page.getByRole('button', { name: 'Hide what happened' }).click();
        await check('without the panel');
        if (viewport.width < 720) await page.getByRole('link', { name: 'Back to the list' }).click();
        for (const summary of await page.locator('#side summary').all()) await summary.click();
        await check('list');
        expect(found).toEqual({});
      },
    );

inBrowser('axe-core finds what is wrong when something is', async () => {
  const page = await openFull({ width: 1_280, height: 800 }, 'light');
  await page.evaluate(`document.querySelector('#open-happened').removeAttribute('aria-label')`);
  expect((await problemsOf(page)).map(({ id }) => id)).toEqual(['button-name']);
});
