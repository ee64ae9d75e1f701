import { type Counters, createMetrics } from '#app/metrics.ts';
import type { RegistryFigures } from '#app/ports/business-cache.ts';

export const PREFIX = 'ansari_whatsapp_';

export interface Metric {
  readonly type: string;
  /** Label to its values; none where the values are open. */
  readonly labels: Readonly<Record<string, readonly string[]>>;
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
export async function shown(): Promise<Map<string, Metric>> {
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
const OPEN = new Set(['what', 'category', 'code']);

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
  for (const outcome of every<First<'sendError'>>({ refused: true, unavailable: true, failed: true }))
    metrics.sendError(outcome, '131026');
  const ends = every<First<'unknownSend'>>({ status: true, found: true, resent: true, given_up: true });
  for (const end of ends) metrics.unknownSend(end);
  const scopes = every<First<'rateLimitWait'>>({
    ...{ turn: true, pair: true, number: true, account: true, business: true, app: true },
  });
  for (const scope of scopes) metrics.rateLimitWait(scope, 1);
  const stages = every<First<'turnStage'>>({
    ...{ claimed: true, first_byte: true, written: true, first_part: true, delivered: true },
  });
  for (const stage of stages) metrics.turnStage(stage, 1);
  metrics.acceptedAfter(1);
  metrics.wakeUpAge(1);
  metrics.notice('standby');
  metrics.tokens({ inputTokens: 1, outputTokens: 1 });
  metrics.assistantTook(1);
  metrics.answeredAfter(1);
  metrics.forgotten({ texts: 1, rows: 1 });
}
