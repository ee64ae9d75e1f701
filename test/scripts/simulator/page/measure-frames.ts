/** By hand: `node test/scripts/simulator/page/measure-frames.ts` prints the frames of a chat of 500 messages and of 2,000 rows. */
import type { Page } from 'playwright-core';
import { z } from 'zod';
import { createSimulator } from '#scripts/simulator/simulator.ts';
import { startBrowser } from '../../../fakes/browser.ts';
import { startWebhookApp } from '../../../fakes/webhook-app.ts';
import { fakeControl } from './fake-control.ts';

const PERSON = '15550000001';
/** A frame that comes later than this was missed at 60 frames a second; milliseconds. */
const MISSED_MS = 1_000 / 60 + 1;

const app = await startWebhookApp();
const simulator = await createSimulator({
  ...{ webhookUrl: app.url, port: 0, sentAfterMs: 1, deliveredAfterMs: 2 },
  people: [{ name: 'Amina', phone: PERSON }],
});
for (let index = 0; index < 500; index += 1)
  simulator.say(PERSON, `message ${index}: السلام عليكم 🌙 *bold*\n- a list\n- of two`);
await simulator.idle();
const message = simulator.say(PERSON, 'the last one');
const entries = Array.from({ length: 2_000 }, (_, index) => ({
  ...{ type: 'step', id: `step-${index}`, at: Date.now() + index, name: 'status', outcome: 'read', message },
}));

const browser = await startBrowser();
const page = await browser.newPage({ viewport: { width: 1_280, height: 800 } });
await fakeControl(page, { timeline: { person: PERSON, entries } });
await page.goto(`${simulator.url}/#/chat/${PERSON}`);
await page.locator('.bubble').nth(500).waitFor();
await page.locator('.rows > li').nth(1_999).waitFor();
await page.waitForTimeout(2_000);

await measure('scrolling 500 messages', () => scrollAt(page, 560));
await page.getByLabel('Message', { exact: true }).focus();
await measure('typing', () => page.keyboard.type('How does one pray in a train? '.repeat(3), { delay: 40 }));
await measure('scrolling 2,000 rows', () => scrollAt(page, 1_040));
await browser.close();
await simulator.close();
await app.close();

async function scrollAt(page: Page, x: number): Promise<void> {
  await page.mouse.move(x, 400);
  for (let step = 0; step < 60; step += 1) {
    await page.mouse.wheel(0, step < 30 ? -400 : 400);
    await page.waitForTimeout(32);
  }
}

/** Prints the gaps between frames, and the work that a trace of the browser shows. */
async function measure(name: string, act: () => Promise<void>): Promise<void> {
  await page.evaluate(`
    globalThis.frames = [];
    globalThis.isMeasured = true;
    (function next(at) { frames.push(at); if (isMeasured) requestAnimationFrame(next); })(performance.now());
  `);
  const client = await page.context().newCDPSession(page);
  const spent = new Map<string, number>();
  client.on('Tracing.dataCollected', ({ value }) => {
    for (const event of value) {
      const { name, dur = 0 } = z.looseObject({ name: z.string(), dur: z.number().optional() }).parse(event);
      spent.set(name, (spent.get(name) ?? 0) + dur / 1_000);
    }
  });
  const ended = new Promise<void>((resolve) => client.once('Tracing.tracingComplete', () => resolve()));
  await client.send('Tracing.start', { traceConfig: { includedCategories: ['devtools.timeline'] } });
  await act();
  await client.send('Tracing.end');
  await ended;
  const times = z
    .array(z.number())
    .parse(await page.evaluate('globalThis.isMeasured = false; globalThis.frames'));
  // The first gaps are those of starting the trace.
  const gaps = times.slice(3).map((at, index) => at - (times[index + 2] ?? at));
  gaps.sort((a, b) => a - b);
  const at = (part: number) => (gaps[Math.floor(gaps.length * part)] ?? 0).toFixed(1);
  const missed = gaps.filter((gap) => gap > MISSED_MS).length;
  const work = ['Layout', 'UpdateLayoutTree', 'Paint'].map(
    (one) => `${one} ${Math.round(spent.get(one) ?? 0)} ms`,
  );
  process.stdout.write(
    `${name}: ${gaps.length} frames, gap p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, ${missed} missed; ${work.join(', ')}\n`,
  );
}
