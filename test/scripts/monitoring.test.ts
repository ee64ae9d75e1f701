import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parser } from '@prometheus-io/lezer-promql';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { type Metric, shown } from './shown-metrics.ts';

const docs = join(import.meta.dirname, '../../docs');
const read = (name: string) => readFileSync(join(docs, name), 'utf8');

const RULES = z.strictObject({
  groups: z.array(
    z.strictObject({
      name: z.string(),
      rules: z.array(
        z.strictObject({
          alert: z.string().regex(/^[A-Z]\w+$/),
          expr: z.string(),
          for: z
            .string()
            .regex(/^\d+m$/)
            .optional(),
          labels: z.strictObject({ severity: z.enum(['page', 'ticket']) }),
          annotations: z.strictObject({ summary: z.string().min(1), runbook: z.string() }),
        }),
      ),
    }),
  ),
});
const rules = RULES.parse(parse(read('alert-rules.yml'))).groups.flatMap((group) => group.rules);

const GRID = z.object({ x: z.int().min(0), y: z.int().min(0), w: z.int().min(1), h: z.int().min(1) });
const ROW = z.object({ id: z.int(), type: z.literal('row'), title: z.string().endsWith('?'), gridPos: GRID });
const CHART = z.object({
  id: z.int(),
  type: z.literal('timeseries'),
  title: z.string().min(1),
  gridPos: GRID,
  fieldConfig: z.object({ defaults: z.object({ unit: z.string().min(1) }) }),
  targets: z.array(z.object({ refId: z.string(), expr: z.string(), legendFormat: z.string().min(1) })).min(1),
});
const DASHBOARD = z.object({
  title: z.string().min(1),
  templating: z.object({ list: z.array(z.object({ name: z.string() })) }),
  panels: z.array(z.discriminatedUnion('type', [ROW, CHART])),
});
const dashboard = DASHBOARD.parse(JSON.parse(read('grafana-dashboard.json')));
const charts = dashboard.panels.filter((panel) => panel.type === 'timeseries');

/** Grafana puts its variables in before it asks Prometheus. */
const asAsked = (expr: string) =>
  expr.replaceAll('$__rate_interval', '5m').replaceAll('$job', 'ansari-whatsapp');

const expressions = [
  ...rules.map(({ alert, expr }) => ({ where: `rule ${alert}`, expr })),
  ...charts.flatMap(({ title, targets }) =>
    targets.map(({ refId, expr }) => ({ where: `chart ${title}, ${refId}`, expr: asAsked(expr) })),
  ),
];

interface Asked {
  readonly metric: string;
  readonly matched: readonly (readonly [label: string, value: string])[];
}

/** Returns what a PromQL expression asks for. Throws where it cannot be parsed. */
function askedBy(expr: string): { readonly asked: readonly Asked[]; readonly grouped: readonly string[] } {
  const asked: { metric: string; matched: [string, string][] }[] = [];
  const grouped: string[] = [];
  parser.parse(expr).iterate({
    enter(node) {
      const text = expr.slice(node.from, node.to);
      if (node.type.isError) throw new Error(`no PromQL at ${node.from}: ${expr}`);
      if (node.name === 'VectorSelector') asked.push({ metric: '', matched: [] });
      const selector = asked.at(-1);
      if (node.name === 'Identifier' && node.node.parent?.name === 'VectorSelector' && selector)
        selector.metric = text;
      if (node.name === 'UnquotedLabelMatcher') {
        const [, label = '', value = ''] = /^(\w+)\s*=\s*"([^"]*)"$/.exec(text) ?? [];
        selector?.matched.push([label, value]);
      }
      if (node.name === 'LabelName' && node.node.parent?.name === 'GroupingLabels') grouped.push(text);
    },
  });
  return { asked, grouped };
}

/** Labels that Prometheus adds to what it scrapes. */
const OF_PROMETHEUS = ['job', 'instance'];
const real = await shown();
const metricOf = (name: string): Metric | undefined =>
  real.get(name) ??
  [real.get(name.replace(/_(bucket|sum|count)$/, ''))].find((found) => found?.type === 'histogram');

describe.each(expressions)('$where', ({ expr }) => {
  const { asked, grouped } = askedBy(expr);

  it('asks for metrics that the program has, by their labels and values', () => {
    expect(asked.length).toBeGreaterThan(0);
    for (const { metric, matched } of asked) {
      // Prometheus' own.
      if (metric === 'up') continue;
      const found = metricOf(metric);
      expect(found, metric).toBeDefined();
      for (const [label, value] of matched) {
        if (!OF_PROMETHEUS.includes(label))
          expect(found?.labels[label], `${metric}, ${label}`).toContain(value);
      }
    }
  });

  it('groups by labels that its metrics have, and reads counters as rates', () => {
    const labels = asked.flatMap(({ metric }) => [
      ...Object.keys(metricOf(metric)?.labels ?? {}),
      ...(metric.endsWith('_bucket') ? ['le'] : []),
    ]);
    expect(labels).toEqual(expect.arrayContaining([...grouped]));
    const counted = asked.filter(({ metric }) => /_(total|bucket)$/.test(metric));
    expect([...expr.matchAll(/\b(?:rate|increase)\(/g)]).toHaveLength(counted.length);
  });
});

describe('docs/alert-rules.yml', () => {
  it.each(rules)('$alert names a section that exists', ({ annotations }) => {
    const [, page = '', anchor = ''] = /^docs\/([\w-]+\.md)#([\w-]+)$/.exec(annotations.runbook) ?? [];
    const anchors = [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading));
    expect(anchors).toContain(anchor);
  });

  it('has no two rules of one name', () => {
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  });
});

describe('docs/grafana-dashboard.json', () => {
  it('shows every metric of the program, but what only completes another', () => {
    const shownNames = new Set(
      charts
        .flatMap(({ targets }) => targets.flatMap(({ expr }) => askedBy(asAsked(expr)).asked))
        .map(({ metric }) => metric.replace(/_bucket$/, '')),
    );
    const missing = [...real.keys()].filter((name) => !shownNames.has(name));
    expect(missing).toEqual([
      'ansari_whatsapp_business_cache_evictions_total',
      'ansari_whatsapp_business_cache_ttl_seconds',
    ]);
  });

  it('has panels with ids of their own that do not lie upon each other', () => {
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, at) => `${x + (at % w)} ${y + Math.floor(at / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(Math.max(...dashboard.panels.map(({ gridPos }) => gridPos.x + gridPos.w))).toBe(24);
  });

  it('defines the variables that its expressions use', () => {
    const defined = dashboard.templating.list.map(({ name }) => name);
    const used = [...read('grafana-dashboard.json').matchAll(/\$\{?([a-z]\w*)/g)].map(([, name]) => name);
    expect(defined).toEqual(expect.arrayContaining(used));
  });
});

/** As GitHub makes them. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}
