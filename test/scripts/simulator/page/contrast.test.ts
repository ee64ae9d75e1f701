import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { AMINA, graph, text } from '../start-with-app.ts';
import { DESKTOP, inBrowser, open, useBrowser } from './open-page.ts';

useBrowser();

const css = await readFile(new URL('../../../../scripts/simulator/page/colors.css', import.meta.url), 'utf8');
const [root = '', mine = ''] = css.split('.mine {');

/** Text on its background: 4.5 to 1; icons and the outlines of fields and of the focus: 3 to 1 (WCAG 2.2, 1.4.3 and 1.4.11). */
const PAIRS: [front: string, back: string, ratio: number][] = [
  ...['paper', 'bar', 'panel', 'chosen', 'theirs', 'field'].map((back) => pair('ink', back, 4.5)),
  ...['bar', 'panel', 'chosen', 'theirs', 'field'].map((back) => pair('faint', back, 4.5)),
  ...['theirs', 'paper'].map((back) => pair('link', back, 4.5)),
  ...['bar', 'theirs', 'panel'].map((back) => pair('accent', back, 4.5)),
  pair('accent-ink', 'accent', 4.5),
  pair('avatar-ink', 'avatar', 4.5),
  pair('warning-ink', 'warning', 4.5),
  ...['theirs', 'panel', 'bar'].flatMap((back) => [pair('bad', back, 4.5), pair('good', back, 4.5)]),
  pair('bar-step', 'panel', 3),
  ...['bar', 'panel', 'field'].map((back) => pair('field-line', back, 3)),
  ...['paper', 'chosen', 'field'].map((back) => pair('accent', back, 3)),
];
const PAIRS_OF_MINE = [
  ...['faint', 'accent', 'link'].map((front) => pair(front, 'mine', 4.5)),
  pair('ticks-read', 'mine', 3),
];

function pair(front: string, back: string, ratio: number): [string, string, number] {
  return [front, back, ratio];
}

describe.each(['light', 'dark'] as const)('%s', (scheme) => {
  test.each(PAIRS)('%s on %s has a contrast of %s', (front, back, ratio) => {
    expect(contrast(color(root, front, scheme), color(root, back, scheme))).toBeGreaterThanOrEqual(ratio);
  });

  test.each(PAIRS_OF_MINE)('of an own message, %s on %s has a contrast of %s', (front, back, ratio) => {
    expect(contrast(color(mine, front, scheme), color(root, back, scheme))).toBeGreaterThanOrEqual(ratio);
  });

  inBrowser('every text that is drawn has a contrast of 4.5', async () => {
    const { simulator, page } = await open({}, { viewport: DESKTOP, colorScheme: scheme });
    await fillWithEverything(simulator);
    await page.getByText('Not delivered').waitFor();
    for (const summary of await page.locator('#side summary').all()) await summary.click();
    await page.getByRole('button', { name: 'Send something else' }).click();
    expect(await weakTexts(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.locator('.theirs').first().click({ button: 'right' });
    expect(await weakTexts(page)).toEqual([]);
  });
});

async function fillWithEverything(
  simulator: Parameters<typeof graph>[0] & Awaited<ReturnType<typeof open>>['simulator'],
) {
  const question = simulator.say(AMINA, '> quoted\n`code` https://example.org');
  const { body } = await graph(simulator, text('> quoted\n`code` *bold* https://example.org'));
  const to = body.messages[0]?.id ?? '';
  simulator.say(AMINA, { kind: 'text', text: 'a reply', to });
  simulator.say(AMINA, { kind: 'reaction', to, emoji: '👍' });
  simulator.say(AMINA, { kind: 'location', latitude: 1, longitude: 2 });
  simulator.say(AMINA, { kind: 'edit', to: question, text: '> edited https://example.org' });
  simulator.say(AMINA, { kind: 'revoke', to: simulator.say(AMINA, 'deleted') });
  const buttons = [{ type: 'reply', reply: { id: 'y', title: 'Yes' } }];
  const interactive = {
    type: 'button',
    body: { text: 'Well?' },
    footer: { text: 'small' },
    action: { buttons },
  };
  await graph(simulator, text('', { type: 'interactive', interactive }));
  simulator.faults.add({ kind: 'fails_later', code: 131026, next: 1 });
  await graph(simulator, text('this fails'));
  simulator.faults.add({ kind: 'cut' });
}

const weak = z.array(z.string());

/** The texts whose contrast with what is painted behind them is below 4.5. */
async function weakTexts(page: Page): Promise<string[]> {
  return weak.parse(
    await page.evaluate(`(() => {
      const parse = (css) => css.match(/[\\d.]+/g).map(Number);
      const over = ([r, g, b, a = 1], under) => [r, g, b].map((c, i) => c * a + under[i] * (1 - a));
      const behind = (element) => {
        if (!element) return [255, 255, 255];
        const color = parse(getComputedStyle(element).backgroundColor);
        return color[3] === undefined || color[3] === 1 ? color : over(color, behind(element.parentElement));
      };
      const light = (rgb) => rgb
        .map((c) => c / 255)
        .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
        .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
      const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      const found = [];
      let seen = 0;
      while (texts.nextNode()) {
        const { parentElement: element, data } = texts.currentNode;
        if (!data.trim() || !element.checkVisibility() || element.closest('.unseen, script, button:disabled')) continue;
        seen += 1;
        const under = behind(element);
        const [a, b] = [light(over(parse(getComputedStyle(element).color), under)), light(under)].sort((x, y) => y - x);
        const ratio = (a + 0.05) / (b + 0.05);
        if (ratio < 4.5) found.push(ratio.toFixed(2) + ' ' + data.trim());
      }
      return seen > 60 ? found : ['only ' + seen + ' texts'];
    })()`),
  );
}

/** Returns the value of a custom property in one theme: red, green and blue, 0 to 255. */
function color(block: string, name: string, scheme: 'light' | 'dark'): number[] {
  const value = new RegExp(`--${name}: (?:light-dark\\(#(\\w{6}), #(\\w{6})\\)|#(\\w{6}));`).exec(block);
  const hex = value?.[3] ?? value?.[scheme === 'light' ? 1 : 2];
  if (hex === undefined) throw new Error(`colors.css has no --${name}`);
  return [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
}

/** Returns the contrast ratio of two colours, 1 to 21 (WCAG 2.2, "contrast ratio" and "relative luminance"). */
function contrast(one: readonly number[], other: readonly number[]): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(rgb: readonly number[]): number {
  const [r = 0, g = 0, b = 0] = rgb
    .map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
