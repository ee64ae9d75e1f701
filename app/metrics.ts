/**
 * The metrics. One registry for each app, so that two in one process do not share counts. No label ever holds a value
 * that a person or an unknown sender chose.
 */
import { Counter, Gauge, Histogram, Registry } from '@prometheus-io/client';
import type { BusinessId } from './domain/business.ts';
import type { Message } from './domain/message.ts';
import { KNOWN_CATEGORIES, type Pricing } from './domain/pricing.ts';
import type { Progress } from './domain/progress.ts';
import type { TokenUsage } from './domain/usage.ts';
import { pausedBusinesses } from './metrics/paused-businesses.ts';
import { measureProcess } from './metrics/process.ts';
import { measureRegistry } from './metrics/registry.ts';
import type { RegistryFigures } from './ports/business-cache.ts';
import type { Acceptance, Backlog, Forgotten } from './ports/store.ts';

const PREFIX = 'ansari_whatsapp_';
/** How long a backlog is reused: a multiple of the time that reading it took, within these bounds. */
const BACKLOG_REUSE = { factor: 20, minMs: 250, maxMs: 10_000 };

/** `unreadable`: signed, but not JSON or no envelope. `refused`: too large, encoded or cut off. */
export type DeliveryOutcome = 'stored' | 'not_stored' | 'unsigned' | 'unreadable' | 'refused';
/**
 * `escaped`: valid only over the body with escaped non-ASCII characters; see the channel's signature. `unchecked`: the
 * signer could not be looked up.
 */
type SignatureResult = 'good' | 'escaped' | 'bad' | 'unchecked';
/**
 * `silent`: no reply was needed, or possible. `limited`: the person reached the daily limit of questions. `postponed`: the
 * business is at a limit of its own. `buried`: given up, counted once for each turn; `apologised`: the person got the apology. `repeated`: parts that WhatsApp reported as
 * failed after the turn's end were sent again.
 */
type TurnOutcome =
  | 'answered'
  | 'silent'
  | 'limited'
  | 'postponed'
  | 'retried'
  | 'buried'
  | 'apologised'
  | 'repeated'
  | 'lost';
/**
 * `unknown`: may have been sent. `failed`: accepted, and reported as failed later. `repeated`: sent again, because no
 * status resolved the first send, or because one reported it as failed.
 */
type PartOutcome = 'sent' | 'refused' | 'unavailable' | 'unknown' | 'failed' | 'repeated';

export interface Counters {
  delivery(outcome: DeliveryOutcome): void;
  signature(result: SignatureResult): void;
  /** `foreign`: for a number of another service. */
  message(kind: Message['content']['kind'], acceptance: Acceptance['outcome'] | 'foreign'): void;
  notice(what: string, times?: number): void;
  status(progress: Progress): void;
  turn(outcome: TurnOutcome): void;
  /** The business's turns wait for an operator until this time (milliseconds since 1970); undefined: no longer. */
  paused(business: BusinessId, until: number | undefined): void;
  /** A conversation was handed to a person of the business. */
  handOff(by: 'assistant' | 'operator'): void;
  part(outcome: PartOutcome): void;
  /** A part was delivered at this price. */
  pricedPart(pricing: Pick<Pricing, 'category' | 'billable'>): void;
  assistantTook(ms: number): void;
  /** What the assistant's model read and wrote. */
  tokens(usage: TokenUsage): void;
  /** From the first message of a turn to its last part. */
  answeredAfter(ms: number): void;
  /** The retention job ran and deleted so many texts and rows. */
  forgotten(deleted: Pick<Forgotten, 'texts' | 'rows'>): void;
}

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
  const seconds = (name: string, help: string, buckets: number[]) =>
    new Histogram({ name: PREFIX + name, help, buckets, registers: [registry] });

  const deliveries = counter('deliveries_total', 'POSTs of a platform, by how they ended', 'outcome');
  const signatures = counter('signatures_total', 'Signatures of deliveries, by result', 'result');
  const messages = counter(
    'messages_total',
    'Messages delivered, by kind and acceptance',
    'kind',
    'acceptance',
  );
  const notices = counter('notices_total', 'Other things that deliveries held', 'what');
  const statuses = counter('statuses_total', 'Statuses delivered, by progress', 'progress');
  const turns = counter('turns_total', 'Attempts at a turn, by how they ended', 'outcome');
  const parts = counter('parts_total', 'Attempts to send a part, by how they ended', 'outcome');
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
    [1, 2, 5, 10, 20, 40, 80, 160, 320, 900, 3600],
  );
  const waiting = gauge('waiting_messages', 'Messages not yet answered');
  const oldest = gauge('oldest_waiting_seconds', 'Age of the oldest of them; 0 when none waits');
  const deadLetters = gauge('dead_letters', 'Turns that were given up and not sent back');
  const readable = gauge(
    'store_readable',
    '1 when the store told its backlog when it was asked last, else 0',
  );
  const paused = pausedBusinesses(now);
  const pausedCount = gauge(
    'businesses_paused',
    'Businesses whose turns wait for an operator: a refused token, number or assistant',
  );
  measureProcess(registry);
  if (figures !== undefined) measureRegistry(registry, PREFIX, figures);

  const sharedBacklog = shared(backlog, now);

  async function measureBacklog(): Promise<void> {
    try {
      const current = await sharedBacklog();
      waiting.set(current.waiting);
      oldest.set(current.oldestAt === undefined ? 0 : Math.max(0, now() - current.oldestAt) / 1000);
      deadLetters.set(current.deadLetters);
      readable.set(1);
    } catch {
      for (const stale of [waiting, oldest, deadLetters]) stale.remove();
      readable.set(0);
    }
  }

  return {
    delivery: (outcome) => deliveries.inc({ outcome }),
    signature: (result) => signatures.inc({ result }),
    message: (kind, acceptance) => messages.inc({ kind, acceptance }),
    notice: (what, times = 1) => notices.inc({ what }, times),
    status: (progress) => statuses.inc({ progress }),
    turn: (outcome) => turns.inc({ outcome }),
    paused: paused.set,
    handOff: (by) => handOffs.inc({ by }),
    part: (outcome) => parts.inc({ outcome }),
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

/**
 * Shares one read of the backlog between all callers while it runs and for some time after: the page may be public, and
 * the cost of the read grows with the backlog.
 */
function shared(backlog: () => Promise<Backlog>, now: () => number): () => Promise<Backlog> {
  let latest: Promise<Backlog> | undefined;
  let until = 0;
  return () => {
    if (latest !== undefined && now() < until) return latest;
    until = Number.POSITIVE_INFINITY;
    const startedAt = now();
    latest = backlog().finally(() => {
      const { factor, minMs, maxMs } = BACKLOG_REUSE;
      until = now() + Math.min(maxMs, Math.max(minMs, factor * (now() - startedAt)));
    });
    return latest;
  };
}
