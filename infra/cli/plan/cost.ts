/** The monthly cost of a stack, from its resources and an assumed traffic. */
import { EMBEDDED_METRICS } from '../../../app/metrics/embedded-names.ts';
import { isSharedStack } from '../../names.ts';
import { type CostLine, line } from './cost-line.ts';
import type { RecordedResource } from './engine.ts';
import { PRICES } from './prices.ts';
import { numberOf, sizeOf } from './sizes.ts';
import { activeShare, DEFAULT_MESSAGES, HOURS, peakConversations, SECONDS_PER_TURN } from './traffic.ts';
import { isRecord, type Values } from './values.ts';
import { workerCost } from './worker-cost.ts';
import { workerIn } from './worker-shape.ts';

/** Request units of the tables for each message, counted in docs/decisions/0202-cost-of-a-message.md. */
const WRITES_PER_TURN = 23;
const READS_PER_TURN = 12;
/** The lease is renewed three times within its ten seconds while the assistant is waited for. */
const RENEWALS_PER_TURN = Math.floor((SECONDS_PER_TURN * 3) / 10);
/** Measured: 250 bytes and CloudWatch's 26 for the worker's line. The web service writes none for what went well. */
const LOG_BYTES_PER_TURN = 280;
/** Ten lines of 200 bytes: docs/decisions/0032-steps-are-log-lines.md. */
const STEP_BYTES_PER_TURN = 2_000;
/** One line for each invocation of the worker, measured with what an answered turn counts; 26 are CloudWatch's. */
const METRICS_BYTES_PER_TURN = 770;
/** Whatever the traffic is: starts, refused deliveries, warnings. */
const LOG_GB = 0.1;
const TABLE_GB = 1;
const IMAGES_GB = 5;

/** What is assumed about the stack, as sentences. */
export function assumptionsOf(stack: string, messages: number = DEFAULT_MESSAGES): readonly string[] {
  const traffic = [
    `${messages.toLocaleString('en')} answered messages a month, each a turn of its own with three status deliveries`,
    `the worker takes ${SECONDS_PER_TURN} seconds for each; ${peakConversations(messages)} at a time in the busiest hour`,
    `instances stay at minSize; App Runner counts their CPU ${percent(activeShare(messages))} of the time`,
    `${WRITES_PER_TURN + RENEWALS_PER_TURN} writes and ${READS_PER_TURN} reads of tables for each message, ${TABLE_GB} GB kept`,
    `${logGb(messages).toFixed(1)} GB of our own log lines`,
  ];
  return [
    ...(isSharedStack(stack) ? [`${IMAGES_GB} GB of images`] : traffic),
    'no free tier, no tax, no data transfer, no messages of Meta, nothing of the assistant',
  ];
}

/** Returns one line for each kind of resource that costs something, the most expensive first. */
export function costOf(
  resources: readonly RecordedResource[],
  messages: number = DEFAULT_MESSAGES,
): readonly CostLine[] {
  const worker = workerIn(resources);
  return resources
    .flatMap((resource) => COSTS[resource.type]?.(resource.inputs, resources, messages) ?? [])
    .concat(worker === undefined ? [] : [...workerCost(worker, messages), metricsCost()])
    .concat(ofMany('alarms', resources, 'aws:cloudwatch/metricAlarm:MetricAlarm', PRICES.alarm.usd))
    .concat(ofMany('keys', resources, 'aws:kms/key:Key', PRICES.key.usd))
    .filter(({ usd }) => usd > 0)
    .sort((a, b) => b.usd - a.usd);
}

type Cost = (inputs: Values, all: readonly RecordedResource[], messages: number) => CostLine[];

const COSTS: Readonly<Record<string, Cost>> = {
  'aws:apprunner/service:Service': ({ instanceConfiguration }, all, messages) => {
    const { cpu, memory } = sizeOf(instanceConfiguration);
    const minInstances = numberOf(
      all.find(({ type }) => type.includes('autoScalingConfigurationVersion'))?.inputs.minSize,
      1,
    );
    return [
      line(
        'App Runner, memory',
        minInstances * memory * HOURS * PRICES.appRunnerMemory.usd,
        `${minInstances} × ${memory} GB, all the time`,
      ),
      line(
        'App Runner, CPU',
        minInstances * cpu * HOURS * activeShare(messages) * PRICES.appRunnerCpu.usd,
        `${cpu} vCPU, ${percent(activeShare(messages))} of the time`,
      ),
    ];
  },
  'aws:ecs/expressGatewayService:ExpressGatewayService': (inputs) => {
    const { cpu, memory } = sizeOf(inputs);
    const [scaling] = Array.isArray(inputs.scalingTargets) ? inputs.scalingTargets : [];
    const minInstances = numberOf(isRecord(scaling) ? scaling.minTaskCount : undefined, 1);
    const task = cpu * PRICES.fargateCpu.usd + memory * PRICES.fargateMemory.usd;
    const addresses = 2 + minInstances;
    return [
      line(
        'Fargate',
        minInstances * task * HOURS,
        `${minInstances} × ${cpu} vCPU and ${memory} GB, all the time`,
      ),
      line(
        'load balancer',
        (PRICES.loadBalancer.usd + PRICES.loadBalancerUnit.usd) * HOURS,
        'with one capacity unit; up to 25 services share it',
      ),
      line(
        'public addresses',
        addresses * PRICES.publicAddress.usd * HOURS,
        `${addresses}: two of the load balancer, one of each task`,
      ),
    ];
  },
  'aws:dynamodb/table:Table': ({ name }, all, messages) => {
    // The traffic is that of all tables together; it is counted once.
    const first = all.find(({ type }) => type === 'aws:dynamodb/table:Table');
    if (first?.inputs.name !== name) return [];
    const writes = messages * (WRITES_PER_TURN + RENEWALS_PER_TURN);
    const requests =
      (writes * PRICES.tableWrites.usd + messages * READS_PER_TURN * PRICES.tableReads.usd) / 1e6;
    const storage = TABLE_GB * (PRICES.tableStorage.usd + PRICES.tableRecovery.usd);
    return [line('tables', requests + storage, 'by use, with what restoring needs')];
  },
  'aws:cloudwatch/dashboard:Dashboard': () => [line('dashboard', PRICES.dashboard.usd, 'one')],
  'aws:cloudwatch/logGroup:LogGroup': ({ name }, _all, messages) =>
    String(name).endsWith('/worker')
      ? [line('logs', logGb(messages) * PRICES.logs.usd, 'of web service and worker')]
      : [],
  'aws:cloudwatch/logMetricFilter:LogMetricFilter': (filter, all) => {
    // One metric for each name, however many logs it is counted in.
    const filters = all.filter(({ type }) => type === 'aws:cloudwatch/logMetricFilter:LogMetricFilter');
    if (filters[0]?.inputs !== filter) return [];
    const names = new Set(filters.map(({ inputs }) => inputs.name));
    return [
      line('metrics of log lines', names.size * PRICES.metric.usd, `${names.size}, when there are any`),
    ];
  },
  'awsx:ecr:Repository': () => [
    line('images', IMAGES_GB * PRICES.images.usd, 'the newest hundred share most of their layers'),
  ],
};

function metricsCost(): CostLine {
  const count = Object.keys(EMBEDDED_METRICS).length;
  return line('metrics of the worker', count * PRICES.metric.usd, `${count}, when there are any`);
}

function ofMany(
  what: string,
  resources: readonly RecordedResource[],
  type: string,
  each: number,
): CostLine[] {
  const count = resources.filter((resource) => resource.type === type).length;
  return [line(what, count * each, String(count))];
}

function logGb(messages: number): number {
  return LOG_GB + (messages * (LOG_BYTES_PER_TURN + STEP_BYTES_PER_TURN + METRICS_BYTES_PER_TURN)) / 1e9;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
