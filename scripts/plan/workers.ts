/** The two workers side by side, for the messages of a plan. */
import type { RecordedResource } from './engine.ts';
import { peakConversations } from './traffic.ts';
import { otherWorker, totalOf, type WorkerShape, workerCost } from './worker-cost.ts';
import { concurrencyIn, workerIn } from './worker-shape.ts';

export interface Workers {
  readonly chosen: WorkerShape['kind'];
  /** A month of each, of what both do not share. */
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
  const shapes = [worker, otherWorker(worker, messages)];
  const costOf = (kind: WorkerShape['kind']) =>
    toTheCent(
      shapes
        .filter((shape) => shape.kind === kind)
        .reduce((sum, shape) => sum + totalOf(workerCost(shape, messages)), 0),
    );
  return {
    chosen: worker.kind,
    usd: { lambda: costOf('lambda'), fargate: costOf('fargate') },
    tasks: shapes.reduce((tasks, shape) => (shape.kind === 'fargate' ? shape.tasks : tasks), 0),
    peakConversations: peakConversations(messages),
    concurrency,
  };
}

/** As sentences; the second one only where people would wait for each other. */
export function workersAsText(stack: string, planned: Planned): string[] {
  const workers = workersOf(planned);
  if (workers === undefined) return [];
  const { chosen, usd, tasks, concurrency } = workers;
  const named = { lambda: 'lambda', fargate: `fargate with ${tasks} ${tasks === 1 ? 'task' : 'tasks'}` };
  const other = chosen === 'lambda' ? 'fargate' : 'lambda';
  const peak = workers.peakConversations;
  return [
    `  of that the worker, ${named[chosen]}: $${usd[chosen].toFixed(2)}; ${named[other]} would be $${usd[other].toFixed(2)}`,
    ...(peak > concurrency ? [tooFew(stack, peak, concurrency)] : []),
  ];
}

/** SQS lets Lambda have no more, and a task of Fargate no more of them (infra/settings/environment.ts). */
const MAX_CONCURRENCY = 1_000;

function tooFew(stack: string, peak: number, concurrency: number): string {
  const says = `  in the busiest hour ${peak.toLocaleString('en')} conversations want to be worked on at a time, and ${concurrency} can`;
  return peak > MAX_CONCURRENCY
    ? `${says}: more than workerConcurrency can be (${MAX_CONCURRENCY.toLocaleString('en')})`
    : `${says}: pulumi config set workerConcurrency ${peak} --stack ${stack}`;
}

export function toTheCent(usd: number): number {
  return Math.round(usd * 100) / 100;
}
