import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import {
  handOffRules,
  logRules,
  namespaceOf,
  queueRules,
  type Rule,
  type Rules,
  webServiceRules,
} from './alarm-rules.ts';
import type { HandOffQueue } from './hand-off-queue.ts';
import { type EnvironmentName, serviceName } from './names.ts';
import type { TurnQueue } from './turn-queue.ts';
import type { WebService } from './web-service.ts';

export interface AlarmsArgs {
  readonly environment: EnvironmentName;
  readonly topicArn: pulumi.Input<string>;
  /** The address of docs/runbook.md as operators open it. */
  readonly runbookUrl: pulumi.Input<string>;
  readonly webService: WebService;
  /** The worker defines its own alarms: each kind of worker has other metrics. */
  readonly worker: { readonly logGroup: pulumi.Output<string>; readonly alarms: Rules };
  readonly queue: TurnQueue;
  readonly handOffs: HandOffQueue;
}

/** One alarm for each condition that needs an operator. Missing data is no alarm, except for metrics that are always reported. */
export class Alarms extends pulumi.ComponentResource {
  readonly #args: AlarmsArgs;

  constructor(name: string, args: AlarmsArgs, options?: pulumi.ComponentResourceOptions) {
    super('ansari-whatsapp:infra:Alarms', name, {}, options);
    this.#args = args;
    this.#ofLog('web', args.webService.logGroup);
    this.#ofLog('worker', args.worker.logGroup);
    const rules = {
      ...queueRules(args.queue),
      ...handOffRules(args.handOffs),
      ...webServiceRules(args.webService),
      ...args.worker.alarms,
      ...logRules(args.environment),
    };
    for (const [alarm, rule] of Object.entries(rules)) this.#alarm(alarm, rule);
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

  #alarm(alarm: string, rule: Rule): void {
    const { environment, topicArn, runbookUrl } = this.#args;
    const { statistic } = rule;
    new aws.cloudwatch.MetricAlarm(
      alarm,
      {
        name: `${serviceName(environment)}-${alarm}`,
        alarmDescription: pulumi.interpolate`${rule.description} ${runbookUrl}#alarm-${alarm}`,
        namespace: rule.namespace,
        metricName: rule.metricName,
        dimensions: rule.dimensions,
        ...(statistic === 'p99' ? { extendedStatistic: 'p99' } : { statistic }),
        period: rule.minutes * 60,
        evaluationPeriods: rule.periods ?? 1,
        comparisonOperator: rule.alarmWhenMissing ? 'LessThanThreshold' : 'GreaterThanThreshold',
        threshold: rule.threshold,
        treatMissingData: rule.alarmWhenMissing ? 'breaching' : 'notBreaching',
        alarmActions: [topicArn],
        okActions: [topicArn],
      },
      { parent: this },
    );
  }
}
