import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { type EnvironmentName, PROJECT, serviceName } from './names.ts';
import type { TurnQueue } from './turn-queue.ts';
import type { Metric, WebService } from './web-service.ts';
import type { Worker } from './worker.ts';

/** What the application says in a line's `alarm` field when an operator has to act, and what that means. */
export const LOGGED_ALARMS = {
  'token-refused': 'Meta refuses the access token of a number: nothing can be sent from it',
  'number-refused':
    'Meta refuses a number (its quality, name, payment or registration): nothing can be sent from it',
  'dead-letter': 'a turn was given up: its person got an apology instead of an answer',
  standby: 'another application holds the conversations: messages arrive as standby and are not answered',
  'account-restricted':
    'Meta has restricted, banned or flagged the account or a number: it says so in account_update, account_alerts or phone_number_quality_update',
  'backend-key': 'the assistant refuses our key: nobody is answered',
  'assistant-refused':
    'the assistant cannot be asked (no credit, no such model, or nothing at its address): nobody is answered',
} as const;

export interface AlarmsArgs {
  readonly environment: EnvironmentName;
  readonly topicArn: pulumi.Input<string>;
  readonly door: WebService;
  readonly worker: Worker;
  readonly queue: TurnQueue;
}

/** When a metric is an alarm. */
export interface Rule extends Metric {
  /** A sentence for who is woken by it. */
  readonly says: string;
  readonly threshold: number;
  readonly statistic: 'Average' | 'Maximum' | 'p99' | 'SampleCount' | 'Sum';
  readonly minutes: number;
  /** Of that many periods in a row. */
  readonly periods?: number;
  /** True: silence is the alarm. */
  readonly whenSilent?: true;
}

/** An alarm for everything that an operator must act on. Silence is no alarm, except of what is never silent. */
export class Alarms extends pulumi.ComponentResource {
  readonly #args: AlarmsArgs;

  constructor(name: string, args: AlarmsArgs, options?: pulumi.ComponentResourceOptions) {
    super('ansari-whatsapp:infra:Alarms', name, {}, options);
    this.#args = args;
    this.#ofLog('door', args.door.logGroup);
    this.#ofLog('worker', args.worker.logGroup);
    for (const [what, rule] of Object.entries(rules(args))) this.#alarm(what, rule);
    this.registerOutputs({});
  }

  /** A metric for each value of the `alarm` field, and one for lines of level error. */
  #ofLog(program: string, logGroupName: pulumi.Output<string>): void {
    const namespace = namespaceOf(this.#args.environment);
    new aws.cloudwatch.LogMetricFilter(
      `${program}-alarms`,
      {
        name: 'Alarms',
        logGroupName,
        pattern: '{ $.alarm = "*" }',
        metricTransformation: { namespace, name: 'Alarms', value: '1', dimensions: { Alarm: '$.alarm' } },
      },
      { parent: this },
    );
    new aws.cloudwatch.LogMetricFilter(
      `${program}-errors`,
      {
        name: 'Errors',
        logGroupName,
        pattern: '{ $.level = "error" }',
        metricTransformation: { namespace, name: 'Errors', value: '1' },
      },
      { parent: this },
    );
  }

  #alarm(what: string, rule: Rule): void {
    const { environment, topicArn } = this.#args;
    const { statistic } = rule;
    new aws.cloudwatch.MetricAlarm(
      what,
      {
        name: `${serviceName(environment)}-${what}`,
        alarmDescription: rule.says,
        namespace: rule.namespace,
        metricName: rule.metricName,
        dimensions: rule.dimensions,
        ...(statistic === 'p99' ? { extendedStatistic: 'p99' } : { statistic }),
        period: rule.minutes * 60,
        evaluationPeriods: rule.periods ?? 1,
        comparisonOperator: rule.whenSilent ? 'LessThanThreshold' : 'GreaterThanThreshold',
        threshold: rule.threshold,
        treatMissingData: rule.whenSilent ? 'breaching' : 'notBreaching',
        alarmActions: [topicArn],
        okActions: [topicArn],
      },
      { parent: this },
    );
  }
}

function namespaceOf(environment: EnvironmentName): string {
  return `${PROJECT}/${environment}`;
}

function rules({ environment, door, worker, queue }: AlarmsArgs): Record<string, Rule> {
  const sqs = (metricName: string, QueueName: pulumi.Output<string>): Metric => ({
    namespace: 'AWS/SQS',
    metricName,
    dimensions: { QueueName },
  });
  const logged = (metricName: string, dimensions = {}): Metric => ({
    namespace: namespaceOf(environment),
    metricName,
    dimensions,
  });
  return {
    'dead-wake-ups': {
      says: 'Wake-ups could not be worked off. npm run redrive lists them and sends them back.',
      ...sqs('ApproximateNumberOfMessagesVisible', queue.deadLetters.name),
      statistic: 'Maximum',
      threshold: 0,
      minutes: 1,
    },
    'oldest-wake-up': {
      says: 'A wake-up is older than five minutes: the worker does not keep up, does not run, or died over it.',
      ...sqs('ApproximateAgeOfOldestMessage', queue.queue.name),
      statistic: 'Maximum',
      threshold: 300,
      minutes: 1,
      periods: 3,
    },
    'door-failures': {
      says: 'The door answers with 5xx. Meta delivers again for seven days, so nothing is lost yet.',
      ...door.failures,
      statistic: 'Sum',
      threshold: 5,
      minutes: 5,
    },
    'door-slow': {
      says: 'One answer of the door in a hundred takes longer than two seconds; Meta wants 250 ms in the middle.',
      ...door.latency,
      statistic: 'p99',
      threshold: 2_000,
      minutes: 5,
      periods: 3,
    },
    ...worker.alarms,
    'error-lines': {
      says: 'More than ten lines of level error within five minutes.',
      ...logged('Errors'),
      statistic: 'Sum',
      threshold: 10,
      minutes: 5,
    },
    ...Object.fromEntries(
      Object.entries(LOGGED_ALARMS).map(([alarm, means]): [string, Rule] => [
        `logged-${alarm}`,
        {
          says: `${means[0]?.toUpperCase()}${means.slice(1)}.`,
          ...logged('Alarms', { Alarm: alarm }),
          statistic: 'Sum',
          threshold: 0,
          minutes: 5,
        },
      ]),
    ),
  };
}
