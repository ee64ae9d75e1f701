/**
 * The metrics. One registry for each app, so that two in one process do not share counts. No label ever holds a value
 * that a person or an unknown sender chose.
 */
import { Counter, Gauge, Histogram, Registry } from '@prometheus-io/client';
import { KNOWN_CATEGORIES } from './domain/pricing.ts';
import { backlogGauges } from './metrics/backlog.ts';
import type { Counters } from './metrics/counters.ts';
import { pausedBusinesses } from './metrics/paused-businesses.ts';
import { measureProcess } from './metrics/process.ts';
import { measureRegistry } from './metrics/registry.ts';
import type { RegistryFigures } from './ports/business-cache.ts';
import type { Backlog } from './ports/store.ts';

const PREFIX = 'ansari_whatsapp_';
const TURN_SECONDS = [1, 2, 5, 10, 20, 40, 80, 160, 320, 900, 3600];

export type { Counters, DeliveryOutcome, TurnStage } from './metrics/counters.ts';

export interface Metrics extends Counters {
  /**
   * Resolves to the Prometheus text format. Never rejects: without a store the backlog is absent. The backlog is up to a
   * quarter of a second old, or up to ten seconds where the store is slow to read it.
   */
  page(): Promise<{ readonly contentType: string; readonly body: string }>;
}

export interface MetricsOptions {
  /** Absent where businesses are not looked up in a database. */
  readonly registry?: () => RegistryFigures;
  readonly backlog: () => Promise<Backlog>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export function createMetrics({ backlog, registry: figures, now }: MetricsOptions): Metrics {
  const registry = new Registry();
  const counter = (name: string, help: string, ...labelNames: string[]) =>
    new Counter({ name: PREFIX + name, help, labelNames, registers: [registry] });
  const gauge = (name: string, help: string) =>
    new Gauge({ name: PREFIX + name, help, registers: [registry] });
  const seconds = (name: string, help: string, buckets: number[], ...labelNames: string[]) =>
    new Histogram({ name: PREFIX + name, help, buckets, labelNames, registers: [registry] });

  const deliveries = counter('deliveries_total', 'POSTs of a platform, by how they ended', 'outcome');
  const signatures = counter('signatures_total', 'Signatures of deliveries, by result', 'result');
  const messages = counter(
    'messages_total',
    'Messages delivered, by kind and acceptance',
    'kind',
    'acceptance',
  );
  const notices = counter('notices_total', 'Other things that deliveries held', 'what');
  const accepted = seconds(
    'acceptance_seconds',
    'From the first byte of a delivery to the response that says it is stored',
    [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  );
  const statuses = counter('statuses_total', 'Statuses delivered, by progress', 'progress');
  const turns = counter('turns_total', 'Attempts at a turn, by how they ended', 'outcome');
  const parts = counter('parts_total', 'Attempts to send a part, by how they ended', 'outcome');
  const sendErrors = counter(
    'send_errors_total',
    'Sends that did not succeed, and parts that failed later, by code of the platform',
    'outcome',
    'code',
  );
  const unknownSends = counter(
    'unknown_sends_resolved_total',
    'Sends of unknown outcome, by how they ended',
    'end',
  );
  const handOffs = counter('handoffs_total', 'Conversations handed to a person, by who began it', 'by');
  const pricedParts = counter(
    'priced_parts_total',
    'Delivered parts, by the price that the platform reports',
    'category',
    'billable',
  );
  const tokens = counter(
    'assistant_tokens_total',
    "Tokens of the assistant's model, read (`input`) and written (`output`)",
    'direction',
  );
  const retention = counter(
    'retention_deleted_total',
    'Deleted since it is past its retention: texts, and rows of ids, turns and people',
    'kind',
  );
  const retentionAt = gauge(
    'retention_last_run_seconds',
    'When the retention job ran last, in seconds since 1970; 0 before its first run',
  );
  const assistant = seconds(
    'assistant_seconds',
    'How long the assistant took to answer',
    [0.5, 1, 2, 5, 10, 20, 40, 80, 160, 320],
  );
  const answered = seconds(
    'answer_seconds',
    'From the first message of a turn to its last part',
    TURN_SECONDS,
  );
  const stages = seconds(
    'turn_stage_seconds',
    'From the oldest message of a turn to each of its stages',
    TURN_SECONDS,
    'stage',
  );
  const wakeUps = seconds(
    'wake_up_seconds',
    'Age of a wake-up when its work begins',
    [0.01, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 900],
  );
  const rateLimitWaits = seconds(
    'rate_limit_wait_seconds',
    'How long sends waited, or were put off, for a limit of the platform',
    [0.01, 0.1, 0.5, 1, 5, 10, 60, 300, 3600],
    'scope',
  );
  const measureBacklog = backlogGauges(gauge, { backlog, now });
  const paused = pausedBusinesses(now);
  const pausedCount = gauge(
    'businesses_paused',
    'Businesses whose turns wait for an operator: a refused token, number or assistant',
  );
  measureProcess(registry);
  if (figures !== undefined) measureRegistry(registry, PREFIX, figures);

  return {
    delivery: (outcome) => deliveries.inc({ outcome }),
    acceptedAfter: (ms) => accepted.observe(ms / 1000),
    signature: (result) => signatures.inc({ result }),
    message: (kind, acceptance) => messages.inc({ kind, acceptance }),
    notice: (what, times = 1) => notices.inc({ what }, times),
    status: (progress) => statuses.inc({ progress }),
    turn: (outcome) => turns.inc({ outcome }),
    paused: paused.set,
    handOff: (by) => handOffs.inc({ by }),
    part: (outcome) => parts.inc({ outcome }),
    sendError: (outcome, code) => sendErrors.inc({ outcome, code }),
    unknownSend: (end) => unknownSends.inc({ end }),
    rateLimitWait: (scope, ms) => rateLimitWaits.observe({ scope }, ms / 1000),
    wakeUpAge: (ms) => wakeUps.observe(ms / 1000),
    turnStage: (stage, ms) => stages.observe({ stage }, ms / 1000),
    pricedPart: ({ category, billable }) =>
      pricedParts.inc({
        category: KNOWN_CATEGORIES.has(category) ? category : 'other',
        billable: String(billable),
      }),
    assistantTook: (ms) => assistant.observe(ms / 1000),
    tokens({ inputTokens, outputTokens }) {
      tokens.inc({ direction: 'input' }, inputTokens);
      tokens.inc({ direction: 'output' }, outputTokens);
    },
    answeredAfter: (ms) => answered.observe(ms / 1000),
    forgotten({ texts, rows }) {
      retention.inc({ kind: 'texts' }, texts);
      retention.inc({ kind: 'rows' }, rows);
      retentionAt.set(now() / 1000);
    },
    async page() {
      await measureBacklog();
      pausedCount.set(paused.count());
      return { contentType: registry.contentType, body: await registry.metrics() };
    },
  };
}
