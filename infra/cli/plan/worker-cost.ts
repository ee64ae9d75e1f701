/** What a month of the worker costs, on Lambda and on Fargate, by the messages that it answers. */
import { type CostLine, line } from './cost-line.ts';
import { PRICES } from './prices.ts';
import { HOURS, peakConversations, SECONDS_PER_TURN } from './traffic.ts';

export type WorkerShape =
  | { readonly kind: 'lambda'; readonly gb: number }
  | {
      readonly kind: 'fargate';
      readonly tasks: number;
      readonly vcpu: number;
      readonly gb: number;
      readonly hasPublicAddress: boolean;
    };

const MINUTES = HOURS * 60;

/** Lambda polls an empty queue with five pollers, each waiting twenty seconds. A polling worker waits five. */
const LAMBDA_POLLS = (5 * HOURS * 3600) / 20;
const TASK_POLLS = (HOURS * 3600) / 5;
/** Sends of a wake-up, receives and deletes are a request each; a polling worker extends the visibility timeout every 10 s. */
const REQUESTS_PER_TURN = 3;
const EXTENSION_SECONDS = 10;

/** A sweep queries eight shards, half a unit each, and asks for the length of the queue. */
const READS_PER_SWEEP = 4;
/** Deleting old data reads its position and one page of 1 MB, and writes the new position. */
const READS_PER_FORGETTING = 129;
/** A schedule calls the function once a minute; a polling worker sweeps four times, and forgets once. */
const SWEEPS = { lambda: 1, fargate: 4 } as const;
const LAMBDA_SWEEP_SECONDS = 0.2;

/** `START`, `END` and `REPORT` of Lambda, each with the 26 bytes that CloudWatch counts for an event. */
const LAMBDA_LOG_BYTES = 400;

/** Conversations that one task works on at a time: infra/settings/environment.ts, `CONCURRENCY`. */
const PER_TASK = 100;

/** Returns the cost of a worker. Without the costs that both kinds have in common: tables, log lines of the application. */
export function workerCost(worker: WorkerShape, messages: number): readonly CostLine[] {
  return worker.kind === 'lambda' ? ofLambda(worker, messages) : ofFargate(worker, messages);
}

/** A worker of this kind, as large as this traffic needs it. */
export function workerFor(kind: WorkerShape['kind'], messages: number): WorkerShape {
  if (kind === 'lambda') return { kind, gb: 0.5 };
  const tasks = Math.max(1, Math.ceil(peakConversations(messages) / PER_TASK));
  return { kind, tasks, vcpu: 0.25, gb: 0.5, hasPublicAddress: true };
}

export function totalOf(lines: readonly CostLine[]): number {
  return lines.reduce((sum, { usd }) => sum + usd, 0);
}

function ofLambda({ gb }: WorkerShape & { kind: 'lambda' }, messages: number): CostLine[] {
  const seconds = messages * SECONDS_PER_TURN;
  const logGb = ((messages + MINUTES) * LAMBDA_LOG_BYTES) / 1e9;
  const sweeping = MINUTES * LAMBDA_SWEEP_SECONDS * gb * PRICES.lambdaTime.usd;
  return [
    line(
      'worker, Lambda',
      seconds * gb * PRICES.lambdaTime.usd + (messages / 1e6) * PRICES.lambdaRequests.usd,
      `${gb} GB for ${SECONDS_PER_TURN} s a message, each alone in its invocation`,
    ),
    line(
      'queue',
      requests(LAMBDA_POLLS + messages * REQUESTS_PER_TURN),
      'and Lambda asking whether there is work',
    ),
    line(
      'worker, sweeps',
      sweeping + (MINUTES / 1e6) * PRICES.lambdaRequests.usd + sweeps(SWEEPS.lambda),
      'once a minute',
    ),
    line("worker, Lambda's own lines", logGb * PRICES.logs.usd, 'start, end and report of each invocation'),
  ];
}

function ofFargate(worker: WorkerShape & { kind: 'fargate' }, messages: number): CostLine[] {
  const { tasks, vcpu, gb, hasPublicAddress } = worker;
  const hourly = vcpu * PRICES.fargateCpu.usd + gb * PRICES.fargateMemory.usd;
  const perTurn = REQUESTS_PER_TURN + Math.floor(SECONDS_PER_TURN / EXTENSION_SECONDS);
  return [
    line('worker, Fargate', tasks * hourly * HOURS, `${tasks} × ${vcpu} vCPU and ${gb} GB, all the time`),
    line(
      'worker, public addresses',
      hasPublicAddress ? tasks * PRICES.publicAddress.usd * HOURS : 0,
      `${tasks}, one of each task`,
    ),
    line(
      'queue',
      requests(tasks * TASK_POLLS + messages * perTurn),
      'and the worker asking whether there is work',
    ),
    line('worker, sweeps', tasks * sweeps(SWEEPS.fargate), `${SWEEPS.fargate} a minute of each task`),
  ];
}

function requests(count: number): number {
  return (count / 1e6) * PRICES.queueRequests.usd;
}

/** The cost of `perMinute` sweeps and one deletion of old data, every minute. */
function sweeps(perMinute: number): number {
  const reads = MINUTES * (perMinute * READS_PER_SWEEP + READS_PER_FORGETTING);
  return (
    (reads * PRICES.tableReads.usd + MINUTES * PRICES.tableWrites.usd) / 1e6 + requests(MINUTES * perMinute)
  );
}
