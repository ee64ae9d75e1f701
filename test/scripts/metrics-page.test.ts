import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
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
});
