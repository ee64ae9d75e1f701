/** What a month of a stack costs, by its resources and a traffic that is assumed. */
import { isSharedStack } from '../../infra/names.ts';
import type { RecordedResource } from './engine.ts';
import { PRICES } from './prices.ts';
import { isRecord, type Value, type Values } from './values.ts';

export interface CostLine {
  readonly what: string;
  readonly usd: number;
  readonly how: string;
}

const HOURS = 730;

/** The traffic of a month. One turn is a message that is answered. */
const TRAFFIC = {
  turns: 30_000,
  /** Seconds that the worker waits for the assistant and sends. */
  secondsPerTurn: 20,
  /** Hours in which App Runner counts its CPU as active. */
  activeHours: HOURS / 2,
  // docs/decisions/0202-cost-of-a-message.md counts these.
  writesPerTurn: 22,
  readsPerTurn: 12,
  queueRequestsPerTurn: 3,
  tableGb: 1,
  logGb: 1,
  imagesGb: 5,
};

/** Lambda asks an empty queue about this often in a month: five pollers, twenty seconds each. */
const POLLS = (5 * HOURS * 3600) / 20;
const SWEEPS = HOURS * 60;
const SWEEP_SECONDS = 0.2;
/** Eight shelves, half a read each; one page of 1 MB, to forget what is old; where it begins and where it ended. */
const READS_PER_SWEEP = 4 + 128 + 1;
const WRITES_PER_SWEEP = 1;

/** What is assumed about the stack, as sentences. */
export function assumptionsOf(stack: string): readonly string[] {
  const traffic = [
    `${TRAFFIC.turns.toLocaleString('en')} answered messages a month, each with three status deliveries`,
    `the worker takes ${TRAFFIC.secondsPerTurn} seconds for each, one at a time`,
    'instances stay at minSize; App Runner counts their CPU half of the time',
    `${TRAFFIC.writesPerTurn} writes and ${TRAFFIC.readsPerTurn} reads of tables for each message, ${TRAFFIC.tableGb} GB kept`,
    `${TRAFFIC.logGb} GB of logs`,
  ];
  return [
    ...(isSharedStack(stack) ? [`${TRAFFIC.imagesGb} GB of images`] : traffic),
    'no free tier, no tax, no data transfer, no messages of Meta, nothing of the assistant',
  ];
}

/** One line for each kind of resource that costs something, the dearest first. */
export function costOf(resources: readonly RecordedResource[]): readonly CostLine[] {
  return resources
    .flatMap((resource) => COSTS[resource.type]?.(resource.inputs, resources) ?? [])
    .concat(ofMany('alarms', resources, 'aws:cloudwatch/metricAlarm:MetricAlarm', PRICES.alarm.usd))
    .concat(ofMany('keys', resources, 'aws:kms/key:Key', PRICES.key.usd))
    .filter(({ usd }) => usd > 0)
    .sort((a, b) => b.usd - a.usd);
}

const COSTS: Readonly<Record<string, (inputs: Values, all: readonly RecordedResource[]) => CostLine[]>> = {
  'aws:apprunner/service:Service': ({ instanceConfiguration }, all) => {
    const { cpu, memory } = sizeOf(instanceConfiguration);
    const least = numberOf(
      all.find(({ type }) => type.includes('autoScalingConfigurationVersion'))?.inputs.minSize,
      1,
    );
    return [
      line(
        'App Runner, memory',
        least * memory * HOURS * PRICES.appRunnerMemory.usd,
        `${least} × ${memory} GB, all the time`,
      ),
      line(
        'App Runner, CPU',
        least * cpu * TRAFFIC.activeHours * PRICES.appRunnerCpu.usd,
        `${cpu} vCPU, half of the time`,
      ),
    ];
  },
  'aws:ecs/expressGatewayService:ExpressGatewayService': (inputs) => {
    const { cpu, memory } = sizeOf(inputs);
    const [scaling] = Array.isArray(inputs.scalingTargets) ? inputs.scalingTargets : [];
    const least = numberOf(isRecord(scaling) ? scaling.minTaskCount : undefined, 1);
    const task = cpu * PRICES.fargateCpu.usd + memory * PRICES.fargateMemory.usd;
    const addresses = 2 + least;
    return [
      line('Fargate', least * task * HOURS, `${least} × ${cpu} vCPU and ${memory} GB, all the time`),
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
  'aws:lambda/function:Function': ({ memorySize }) => {
    const gb = numberOf(memorySize, 128) / 1024;
    const seconds = TRAFFIC.turns * TRAFFIC.secondsPerTurn + SWEEPS * SWEEP_SECONDS;
    const invocations = (TRAFFIC.turns + SWEEPS) / 1e6;
    return [
      line(
        'worker',
        seconds * gb * PRICES.lambdaTime.usd + invocations * PRICES.lambdaRequests.usd,
        `${gb} GB for ${TRAFFIC.secondsPerTurn} s a turn, and a sweep every minute`,
      ),
    ];
  },
  'aws:dynamodb/table:Table': ({ name }, all) => {
    // The traffic is that of all tables together; it is counted once.
    const first = all.find(({ type }) => type === 'aws:dynamodb/table:Table');
    if (first?.inputs.name !== name) return [];
    const writes = TRAFFIC.turns * TRAFFIC.writesPerTurn + SWEEPS * WRITES_PER_SWEEP;
    const reads = TRAFFIC.turns * TRAFFIC.readsPerTurn + SWEEPS * READS_PER_SWEEP;
    const requests = (writes * PRICES.tableWrites.usd + reads * PRICES.tableReads.usd) / 1e6;
    const storage = TRAFFIC.tableGb * (PRICES.tableStorage.usd + PRICES.tableRecovery.usd);
    return [line('tables', requests + storage, 'by use and by sweeps, with what restoring needs')];
  },
  'aws:lambda/eventSourceMapping:EventSourceMapping': () => [
    line(
      'queue',
      ((POLLS + SWEEPS + TRAFFIC.turns * TRAFFIC.queueRequestsPerTurn) * PRICES.queueRequests.usd) / 1e6,
      'mostly Lambda asking whether there is work',
    ),
  ],
  'aws:cloudwatch/dashboard:Dashboard': () => [line('dashboard', PRICES.dashboard.usd, 'one')],
  'aws:cloudwatch/logGroup:LogGroup': ({ name }) =>
    String(name).endsWith('/worker')
      ? [line('logs', TRAFFIC.logGb * PRICES.logs.usd, 'of door and worker')]
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
    line('images', TRAFFIC.imagesGb * PRICES.images.usd, 'the newest hundred share most of their layers'),
  ],
};

function ofMany(
  what: string,
  resources: readonly RecordedResource[],
  type: string,
  each: number,
): CostLine[] {
  const count = resources.filter((resource) => resource.type === type).length;
  return [line(what, count * each, String(count))];
}

function line(what: string, usd: number, how: string): CostLine {
  return { what, usd, how };
}

/** vCPU and GB, from units and MB. */
function sizeOf(value: Value | undefined): { cpu: number; memory: number } {
  const { cpu, memory } = isRecord(value) ? value : {};
  return { cpu: numberOf(cpu, 0) / 1024, memory: numberOf(memory, 0) / 1024 };
}

function numberOf(value: Value | undefined, otherwise: number): number {
  return value === undefined ? otherwise : Number(value);
}
