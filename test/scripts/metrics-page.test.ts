import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EMBEDDED_METRICS } from '#app/metrics/embedded-names.ts';
import { PRICES } from '#infra/cli/plan/prices.ts';
import { type Metric, PREFIX, shown } from './shown-metrics.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/metrics.md'), 'utf8');

/** Returns the rows of the page by the full name of their metric. */
function documented(): Map<string, Metric> {
  const rows = [...page.matchAll(/^\| `(\w+)` \| (\w+) \| ([^|]*) \|/gm)];
  return new Map(
    rows.map(([, name = '', type = '', cell = '']) => {
      const isGeneral = /^(process|nodejs)_/.test(name);
      const labels = cell
        .split(';')
        .map((text) => [...text.matchAll(/`([\w-]+)`/g)].map(([, word = '']) => word))
        .filter((words) => words.length > 0)
        .map(([label = '', ...values]) => [label, values.sort()] as const);
      return [isGeneral ? name : PREFIX + name, { type, labels: Object.fromEntries(labels) }];
    }),
  );
}

describe('docs/metrics.md', () => {
  it('has every metric of the program with its type, its labels and their values, and no other', async () => {
    const real = await shown();
    expect(real.size).toBeGreaterThan(25);
    expect(Object.fromEntries(documented())).toEqual(Object.fromEntries(real));
  });

  it('has every metric of CloudWatch, and what they cost together', () => {
    const table = /\| metric in CloudWatch \|[\s\S]*?\n\n/.exec(page)?.[0] ?? '';
    const named = [...table.matchAll(/^\| (`[^|]*) \|/gm)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name),
    );
    const names = Object.keys(EMBEDDED_METRICS);
    expect(named.toSorted()).toEqual(names.toSorted());
    const usd = (names.length * PRICES.metric.usd).toFixed(2);
    expect(page.replaceAll('\n', ' ')).toContain(`there are ${names.length} at most, ${usd} USD`);
  });
});
