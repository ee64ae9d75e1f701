/** The two workers side by side, for the messages of a plan. */
import { costOf } from './cost.ts';
import type { RecordedResource } from './engine.ts';
import { peakConversations } from './traffic.ts';
import { totalOf, type WorkerShape, workerCost, workerFor } from './worker-cost.ts';
import { concurrencyIn, workerIn } from './worker-shape.ts';

export interface Workers {
  readonly chosen: WorkerShape['kind'];
  /** The cost of a month with each worker, without what both have in common. */
  readonly usd: Readonly<Record<WorkerShape['kind'], number>>;
  /** Tasks that Fargate runs, or would run. */
  readonly tasks: number;
  readonly peakConversations: number;
  readonly concurrency: number;
}

interface Planned {
  readonly resources: readonly RecordedResource[];
  readonly messages: number;
}

/** Undefined where a stack has no worker. */
export function workersOf({ resources, messages }: Planned): Workers | undefined {
  const worker = workerIn(resources);
  const concurrency = concurrencyIn(resources);
  if (worker === undefined || concurrency === undefined) return undefined;
  const shapes = [worker, workerFor(other(worker.kind), messages)];
  const usdOf = (kind: WorkerShape['kind']) =>
    roundToCents(
      shapes
        .filter((shape) => shape.kind === kind)
        .reduce((sum, shape) => sum + totalOf(workerCost(shape, messages)), 0),
    );
  return {
    chosen: worker.kind,
    usd: { lambda: usdOf('lambda'), fargate: usdOf('fargate') },
    tasks: shapes.reduce((tasks, shape) => (shape.kind === 'fargate' ? shape.tasks : tasks), 0),
    peakConversations: peakConversations(messages),
    concurrency,
  };
}

/** Returns the comparison as sentences; the second one only where conversations would wait for each other. */
export function workersAsText(stack: string, planned: Planned): string[] {
  const workers = workersOf(planned);
  if (workers === undefined) return [];
  const { chosen, usd, tasks, concurrency } = workers;
  const named = { lambda: 'lambda', fargate: `fargate with ${tasks} ${tasks === 1 ? 'task' : 'tasks'}` };
  const alternative = other(chosen);
  const peak = workers.peakConversations;
  return [
    `  of that the worker, ${named[chosen]}: $${usd[chosen].toFixed(2)}; ${named[alternative]} would be $${usd[alternative].toFixed(2)}`,
    ...(peak > concurrency ? [concurrencyTooLow(stack, peak, concurrency)] : []),
  ];
}

/** The limit of SQS for Lambda, and ours for the tasks on Fargate (infra/settings/environment.ts). */
const MAX_CONCURRENCY = 1_000;

function concurrencyTooLow(stack: string, peak: number, concurrency: number): string {
  const message = `  in the busiest hour ${peak.toLocaleString('en')} conversations are due at a time, and the worker takes ${concurrency}`;
  return peak > MAX_CONCURRENCY
    ? `${message}: more than workerConcurrency can be (${MAX_CONCURRENCY.toLocaleString('en')})`
    : `${message}: pulumi config set workerConcurrency ${peak} --stack ${stack}`;
}

function other(kind: WorkerShape['kind']): WorkerShape['kind'] {
  return kind === 'lambda' ? 'fargate' : 'lambda';
}

/** A month of a planned stack with so many messages, and with a worker of this kind that is large enough for them. */
export function monthlyCostWith(
  kind: WorkerShape['kind'],
  resources: readonly RecordedResource[],
  messages: number,
): number {
  const planned = workerIn(resources);
  const workerUsd = planned === undefined ? 0 : totalOf(workerCost(planned, messages));
  const rest = totalOf(costOf(resources, messages)) - workerUsd;
  return roundToCents(rest + totalOf(workerCost(workerFor(kind, messages), messages)));
}

export function roundToCents(usd: number): number {
  return Math.round(usd * 100) / 100;
}
