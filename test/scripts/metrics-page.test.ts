import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { type Counters, createMetrics } from '#app/metrics.ts';
import type { RegistryFigures } from '#app/ports/business-cache.ts';

const PREFIX = 'ansari_whatsapp_';
const page = readFileSync(join(import.meta.dirname, '../../docs/metrics.md'), 'utf8');

interface Metric {
  readonly type: string;
  /** Label to its values; none where the values are open. */
  readonly labels: Readonly<Record<string, readonly string[]>>;
}

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

/** Every value of a type: the compiler reports a missing and a superfluous one. */
const every = <Value extends string>(values: Record<Value, true>): Value[] => Object.keys(values) as Value[];

const FIGURES: RegistryFigures = {
  cache: {
    size: 1,
    maxSize: 2,
    ttlSeconds: 3,
    hits: 1,
    misses: 1,
    negative: 1,
    stale: 1,
    evictions: 1,
    failures: 1,
  },
  pool: { maxPoolSize: 1, minPoolSize: 1, inUse: 1, available: 1 },
};

/** Returns what /metrics shows when everything has been counted once under each label. */
async function shown(): Promise<Map<string, Metric>> {
  const metrics = createMetrics({
    backlog: async () => ({ waiting: 0, deadLetters: 0 }),
    registry: () => FIGURES,
    now: () => 0,
  });
  count(metrics);
  const { body } = await metrics.page();
  const types = [...body.matchAll(/^# TYPE (\S+) (\S+)$/gm)];
  return new Map(types.map(([, name = '', type = '']) => [name, { type, labels: labelsOf(body, name) }]));
}

/** Values of these labels are open, or come from a platform's list. */
const OPEN = new Set(['what', 'category']);

function labelsOf(body: string, name: string): Metric['labels'] {
  const found = new Map<string, Set<string>>();
  for (const [, labels = ''] of body.matchAll(new RegExp(`^${name}(?:_bucket)?\\{(.*)\\} `, 'gm'))) {
    for (const [, label = '', value = ''] of labels.matchAll(/(\w+)="([^"]*)"/g)) {
      if (label !== 'le') found.set(label, (found.get(label) ?? new Set()).add(value));
    }
  }
  return Object.fromEntries(
    [...found].map(([label, values]) => [label, OPEN.has(label) ? [] : [...values].sort()]),
  );
}

type First<Name extends keyof Counters> = Parameters<Counters[Name]>[0];
type Second<Name extends keyof Counters> = Parameters<Counters[Name]>[1];

function count(metrics: Counters): void {
  const deliveries = every<First<'delivery'>>({
    ...{ stored: true, not_stored: true, unsigned: true, unreadable: true, refused: true },
  });
  const signatures = every<First<'signature'>>({ good: true, escaped: true, bad: true, unchecked: true });
  const kinds = every<First<'message'>>({
    ...{ text: true, unreadable: true, silent: true, edit: true, revoke: true, takeover: true, resume: true },
  });
  const acceptances = every<Second<'message'>>({ new: true, waiting: true, done: true, foreign: true });
  const progresses = every<First<'status'>>({
    ...{ sent: true, delivered: true, read: true, played: true, failed: true, other: true },
  });
  const turns = every<First<'turn'>>({
    ...{ answered: true, silent: true, limited: true, postponed: true, retried: true, buried: true },
    ...{ apologised: true, repeated: true, lost: true },
  });
  const parts = every<First<'part'>>({
    ...{ sent: true, refused: true, unavailable: true, unknown: true, failed: true, repeated: true },
  });
  for (const outcome of deliveries) metrics.delivery(outcome);
  for (const result of signatures) metrics.signature(result);
  for (const kind of kinds) for (const acceptance of acceptances) metrics.message(kind, acceptance);
  for (const progress of progresses) metrics.status(progress);
  for (const outcome of turns) metrics.turn(outcome);
  for (const outcome of parts) metrics.part(outcome);
  for (const by of every<First<'handOff'>>({ assistant: true, operator: true })) metrics.handOff(by);
  for (const billable of [true, false]) metrics.pricedPart({ category: 'service', billable });
  metrics.notice('standby');
  metrics.tokens({ inputTokens: 1, outputTokens: 1 });
  metrics.assistantTook(1);
  metrics.answeredAfter(1);
  metrics.forgotten({ texts: 1, rows: 1 });
}

describe('docs/metrics.md', () => {
  it('has every metric of the program with its type, its labels and their values, and no other', async () => {
    const real = await shown();
    expect(real.size).toBeGreaterThan(25);
    expect(Object.fromEntries(documented())).toEqual(Object.fromEntries(real));
  });

  it('has rules of Prometheus that ask for metrics and label values of the program', async () => {
    const real = await shown();
    const rules = z.object({
      groups: z.array(z.object({ rules: z.array(z.object({ alert: z.string(), expr: z.string() })) })),
    });
    const [, yaml = ''] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];
    const expressions = rules
      .parse(parse(yaml))
      .groups.flatMap((group) => group.rules.map(({ expr }) => expr));
    const named = expressions.flatMap((expr) => [
      ...expr.matchAll(/(ansari_whatsapp_\w+)(?:\{(\w+)="(\w+)"\})?/g),
    ]);
    expect(named.length).toBeGreaterThan(3);
    for (const [, name = '', label, value = ''] of named) {
      expect([name, real.has(name)]).toEqual([name, true]);
      if (label !== undefined) expect(real.get(name)?.labels[label]).toContain(value);
    }
  });
});
