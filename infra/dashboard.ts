import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { Place } from './arn.ts';
import type { HandOffQueue } from './hand-off-queue.ts';
import { type EnvironmentName, serviceName } from './names.ts';
import type { Tables } from './tables.ts';
import type { TurnQueue } from './turn-queue.ts';
import type { Metric, WebService } from './web-service.ts';
import type { Worker } from './worker.ts';
import { writtenCharts } from './worker-metrics.ts';

export interface DashboardArgs {
  readonly environment: EnvironmentName;
  readonly place: Place;
  readonly webService: WebService;
  readonly worker: Worker;
  readonly queue: TurnQueue;
  readonly handOffs: HandOffQueue;
  readonly tables: Tables;
}

type Line = readonly pulumi.Input<string>[];

/** One page in the order of a message: it arrives, waits, is answered; then the errors. */
export class Dashboard extends pulumi.ComponentResource {
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: DashboardArgs, options?: pulumi.ComponentResourceOptions) {
    super('ansari-whatsapp:infra:Dashboard', name, {}, options);
    const dashboard = new aws.cloudwatch.Dashboard(
      name,
      {
        dashboardName: serviceName(args.environment),
        dashboardBody: pulumi.jsonStringify({ widgets: widgets(args) }),
      },
      { parent: this },
    );
    const { region } = args.place;
    this.url = pulumi.interpolate`https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards/dashboard/${dashboard.dashboardName}`;
    this.registerOutputs({ url: this.url });
  }
}

function widgets({ environment, place, webService, worker, queue, handOffs, tables }: DashboardArgs) {
  const sqs = (metric: string, name: pulumi.Output<string>): Line => ['AWS/SQS', metric, 'QueueName', name];
  const tableNames = [tables.conversations, tables.stage, tables.triggerLock].map((table) => table.name);
  const charts: readonly { title: string; stat: string; lines: readonly Line[] }[] = [
    { title: 'Web service: failures', stat: 'Sum', lines: [lineOf(webService.failures)] },
    { title: 'Web service: response time, p99 (ms)', stat: 'p99', lines: [lineOf(webService.latency)] },
    {
      title: 'Wake-ups: sent, received, deleted',
      stat: 'Sum',
      lines: ['NumberOfMessagesSent', 'NumberOfMessagesReceived', 'NumberOfMessagesDeleted'].map((metric) =>
        sqs(metric, queue.queue.name),
      ),
    },
    {
      title: 'Waiting: the oldest wake-up (s)',
      stat: 'Maximum',
      lines: [sqs('ApproximateAgeOfOldestMessage', queue.queue.name)],
    },
    ...[...worker.charts, ...writtenCharts(environment)].map(({ title, stat, metrics }) => ({
      title,
      stat,
      lines: metrics.map(lineOf),
    })),
    {
      title: 'Dead wake-ups',
      stat: 'Maximum',
      lines: [sqs('ApproximateNumberOfMessagesVisible', queue.deadLetters.name)],
    },
    {
      title: 'Hand-offs: waiting, failed',
      stat: 'Maximum',
      lines: [handOffs.queue, handOffs.deadLetters].map(({ name }) =>
        sqs('ApproximateNumberOfMessagesVisible', name),
      ),
    },
    {
      title: 'Tables: writes (units)',
      stat: 'Sum',
      lines: tableNames.map((name) => ['AWS/DynamoDB', 'ConsumedWriteCapacityUnits', 'TableName', name]),
    },
  ];
  return charts.map(({ title, stat, lines }, index) => ({
    type: 'metric',
    x: (index % 3) * 8,
    y: Math.floor(index / 3) * 6,
    width: 8,
    height: 6,
    properties: { title, stat, period: 60, region: place.region, view: 'timeSeries', metrics: lines },
  }));
}

function lineOf({ namespace, metricName, dimensions }: Metric): Line {
  return [namespace, metricName, ...Object.entries(dimensions).flat()];
}
