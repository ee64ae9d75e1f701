import type * as pulumi from '@pulumi/pulumi';
import type { Metric } from '../web-service.ts';
import type { Worker } from '../worker.ts';

function lambda(functionName: pulumi.Output<string>, metricName: string): Metric {
  return { namespace: 'AWS/Lambda', metricName, dimensions: { FunctionName: functionName } };
}

export function alarms(functionName: pulumi.Output<string>): Worker['alarms'] {
  return {
    'worker-errors': {
      description: 'The worker fails as a whole: out of time, out of memory, or it does not start.',
      ...lambda(functionName, 'Errors'),
      statistic: 'Sum',
      threshold: 0,
      minutes: 5,
    },
    'worker-throttles': {
      description:
        'Lambda does not run the worker as often as it is needed: raise the quota, or workerConcurrency.',
      ...lambda(functionName, 'Throttles'),
      statistic: 'Sum',
      threshold: 5,
      minutes: 5,
      periods: 2,
    },
    'worker-silent': {
      description: 'The worker has not run for ten minutes, although its sweep runs every minute.',
      ...lambda(functionName, 'Invocations'),
      statistic: 'Sum',
      threshold: 1,
      minutes: 10,
      alarmWhenMissing: true,
    },
  };
}

export function charts(functionName: pulumi.Output<string>): Worker['charts'] {
  const of = (...metrics: readonly string[]) => metrics.map((metric) => lambda(functionName, metric));
  return [
    { title: 'The worker: time (ms)', stat: 'p99', metrics: of('Duration') },
    { title: 'The worker: concurrency', stat: 'Maximum', metrics: of('ConcurrentExecutions') },
    { title: 'The worker: errors and throttles', stat: 'Sum', metrics: of('Errors', 'Throttles') },
  ];
}
