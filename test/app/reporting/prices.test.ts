import { describe, expect, it } from 'vitest';
import type { PricedPart } from '#app/domain/pricing.ts';
import { createLog } from '#app/log.ts';
import { createMetrics } from '#app/metrics.ts';
import { reportingPrices } from '#app/reporting/prices.ts';

function reported() {
  const lines: string[] = [];
  let time = 0;
  const now = () => time;
  const log = createLog({ level: 'info', now, write: (line) => lines.push(line) });
  const metrics = createMetrics({ backlog: async () => ({ waiting: 0, deadLetters: 0 }), now });
  return {
    report: reportingPrices({ log, metrics, now }),
    pass: (ms: number) => {
      time += ms;
    },
    lines: () => lines.map((line) => JSON.parse(line)),
    page: async () => (await metrics.page()).body.split('\n'),
  };
}

const price = { billable: true, category: 'service', country: 'IT' };
const part = (business: string, rest: Partial<PricedPart> = {}): PricedPart => ({
  ...{ business, month: '2026-11' },
  ...price,
  ...rest,
});
const assistantPart = (business: string) => part(business, { category: 'general_purpose_ai' });

describe('prices', () => {
  it('are counted by category, once for each part', async () => {
    const { report, page, lines } = reported();
    report({ priced: [part('a'), part('b'), part('a', { billable: false })], unknownParts: [] });
    expect(await page()).toEqual(
      expect.arrayContaining([
        'ansari_whatsapp_priced_parts_total{category="service",billable="true"} 2',
        'ansari_whatsapp_priced_parts_total{category="service",billable="false"} 1',
      ]),
    );
    expect(lines()).toEqual([]);
  });

  it('of a general-purpose assistant are an alarm, once a minute for each business', () => {
    const { report, pass, lines } = reported();
    const both = { priced: [assistantPart('a'), assistantPart('b')], unknownParts: [] };
    report(both);
    report(both);
    const alarm = { level: 'warn', alarm: 'general-purpose-ai', detail: 'IT' };
    expect(lines()).toMatchObject([
      { ...alarm, business: 'a', count: 1 },
      { ...alarm, business: 'b', count: 1 },
    ]);
    pass(60_000);
    report(both);
    expect(lines().slice(2)).toMatchObject([
      { ...alarm, business: 'a', count: 2 },
      { ...alarm, business: 'b', count: 2 },
    ]);
  });

  it('of parts of another sender are said, counted apart, and no alarm', async () => {
    const { report, page, lines } = reported();
    report({ priced: [], unknownParts: ['a', 'a', 'b'] });
    expect(lines()).toMatchObject([
      { level: 'info', business: 'a', count: 1 },
      { level: 'info', business: 'b', count: 1 },
    ]);
    for (const line of lines()) expect(line).not.toHaveProperty('alarm');
    const counted = await page();
    expect(counted).toContain('ansari_whatsapp_notices_total{what="price_of_unknown_part"} 3');
    expect(counted.join('\n')).not.toMatch(/^ansari_whatsapp_priced_parts_total\{/m);
  });
});
