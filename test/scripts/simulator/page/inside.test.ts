import { expect } from 'vitest';
import { AMINA, startWithApp } from '../start-with-app.ts';
import { type Answers, fakeControl } from './fake-control.ts';
import { DESKTOP, inBrowser, look, PEOPLE, useBrowser } from './open-page.ts';
import { INSIDE, NOW, VIEW } from './samples.ts';

useBrowser();

async function openInside(answers: Answers) {
  const [simulator] = await startWithApp({ people: PEOPLE });
  let control: Awaited<ReturnType<typeof fakeControl>> | undefined;
  const page = await look(simulator, {
    viewport: DESKTOP,
    async prepare(page) {
      control = await fakeControl(page, { timeline: { person: AMINA, entries: [] }, ...answers });
    },
  });
  if (!control) throw new Error('the page was not prepared');
  await page.getByRole('tab', { name: 'Inside' }).click();
  return { page, control };
}

inBrowser(
  'the inside of a conversation: state, lease that runs out, what waits, parts and their marks',
  async () => {
    const { page } = await openInside({ inside: INSIDE });
    const inside = page.getByRole('tabpanel', { name: 'Inside' });
    await inside.getByText('processing reply').waitFor();
    const left = inside.locator('[data-until]');
    const before = await left.innerText();
    expect(before).toMatch(/^in (1 min|\d+ s)/);
    await expect.poll(() => left.innerText()).not.toBe(before);
    const all = await inside.innerText();
    for (const words of [
      '2 message(s) since',
      '3 question(s)',
      `${AMINA}, ***918`,
      'open, 2 attempt(s), 2 message(s)',
    ])
      expect(all).toContain(words);
    const rows = await page
      .getByRole('table', { name: 'Parts of the reply' })
      .getByRole('row')
      .allInnerTexts();
    expect(rows[1]).toMatch(/^1\s+sent\s+delivered/);
    expect(rows[2]).toMatch(/^2\s+sent\s+failed \(131026\); before: 131056/);
  },
);

inBrowser(
  'a dead letter is answered again, and an event of the chat shows the new state at once',
  async () => {
    let inside: unknown = INSIDE;
    const { page, control } = await openInside({
      inside: () => inside,
      redrive() {
        inside = { ...INSIDE, deadLetters: [] };
        return { conversation: VIEW.id };
      },
    });
    await page.getByRole('button', { name: 'Redrive: the assistant answered 503' }).click();
    await page.getByText('It waits for a worker again').waitFor();
    expect(control.calls).toEqual([{ path: 'redrive', body: { turn: 't7' } }]);
    await page.getByText('None.', { exact: true }).filter({ visible: true }).waitFor();

    inside = {
      ...INSIDE,
      deadLetters: [],
      conversations: [{ ...VIEW, status: 'reply_sent', leaseUntil: undefined }],
    };
    await control.emit('entry', {
      person: AMINA,
      entry: { type: 'step', id: 's', at: NOW, name: 'finished', turn: 't' },
    });
    await page.getByText('The reply was sent.').waitFor();
    await page.locator('dd', { hasText: 'free' }).waitFor();
  },
);

inBrowser('a memory store has no inside, and the page says why', async () => {
  const { page } = await openInside({ inside: { available: false, why: 'the app runs with STORE=memory' } });
  await page.getByText('The inside is not available: the app runs with STORE=memory').waitFor();
});

inBrowser('the app is killed and comes back, and the clock is moved; both say so', async () => {
  const { page, control } = await openInside({ app: {}, clock: { offsetMs: 86_400_000 } });
  await page.getByRole('tab', { name: 'Faults and time' }).click();
  const crash = page.getByRole('button', { name: 'Crash the app now' });
  expect(await crash.isDisabled()).toBe(true);
  await page.getByText('Only an app that npm run dev started').waitFor();
  await control.emit('start', {
    ...{ channel: 'meta', app: 200, faults: [], dev: true, clock: { offsetMs: 0, canSkip: true } },
    chats: [
      { id: AMINA, name: 'Amina', phone: AMINA, userId: 'US.1', phoneOff: false, typing: false, last: null },
    ],
  });
  await crash.click();
  await page.getByText('The app is being killed').waitFor();
  await control.emit('entry', {
    person: AMINA,
    entry: { type: 'note', id: 'n', at: NOW, text: 'the app responds again' },
  });
  await page.locator('#process-line').getByText('the app responds again').waitFor();

  await page.getByRole('button', { name: '+24 h' }).click();
  await page.locator('#clock-line').getByText('The clock is 24 h ahead.').waitFor();
  await page.getByRole('button', { name: '+8 days' }).click();
  await expect
    .poll(() => control.calls)
    .toEqual([
      { path: 'app', body: { action: 'crash' } },
      { path: 'clock', body: { skipMs: 86_400_000 } },
      { path: 'clock', body: { skipMs: 691_200_000 } },
    ]);
  await control.emit('clock', { offsetMs: 0, canSkip: true });
  await expect.poll(() => page.locator('#clock-line').innerText()).toBe('');
});

inBrowser('faults of the assistant and of the signature are started with their numbers', async () => {
  const { page, control } = await openInside({ faults: [] });
  await page.getByRole('tab', { name: 'Faults and time' }).click();
  const start = page.getByRole('button', { name: 'Start', exact: true });
  const kind = page.getByLabel('What goes wrong');
  await kind.selectOption('The assistant is slow');
  await page.getByLabel('Milliseconds').fill('30000');
  await start.click();
  await kind.selectOption('The assistant is cut off');
  await page.getByLabel('After bytes').fill('12');
  await page.getByLabel('Only for this person').check();
  await start.click();
  await page.getByLabel('Only for this person').uncheck();
  await page.getByLabel('How often').selectOption('half of the time');
  await kind.selectOption('The assistant answers with nothing');
  expect(await page.getByLabel('After bytes').isVisible()).toBe(false);
  await start.click();
  await page.getByLabel('How often').selectOption('until it is ended');
  await kind.selectOption('The assistant refuses: HTTP 503');
  await start.click();
  await kind.selectOption('The signature is wrong');
  await start.click();
  await expect
    .poll(() => control.calls.map(({ body }) => body))
    .toEqual([
      { kind: 'assistant_slow', ms: 30_000, next: 1 },
      { kind: 'assistant_cut', afterBytes: 12, next: 1, person: AMINA },
      { kind: 'assistant_empty', chance: 0.5 },
      { kind: 'assistant_refuse', status: 503 },
      { kind: 'wrong_signature' },
    ]);
  await control.emit('faults', [
    { kind: 'assistant_slow', ms: 30_000, next: 2 },
    { kind: 'assistant_refuse', status: 503 },
  ]);
  const active = page.getByRole('list', { name: 'Faults that are active' });
  await active.getByText('The assistant is slow (milliseconds: 30,000, 2 more)').waitFor();
  await active.getByText('The assistant refuses: HTTP 503').waitFor();
});
