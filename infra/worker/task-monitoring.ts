import type * as pulumi from '@pulumi/pulumi';
import type { Metric } from '../web-service.ts';
import type { Worker } from '../worker.ts';

type MetricOf = (metricName: string) => Metric;

/** AWS sends these for every service on Fargate (Amazon ECS developer guide, "Monitor Amazon ECS using CloudWatch"). */
export function metricsOf(ClusterName: pulumi.Output<string>, ServiceName: pulumi.Output<string>): MetricOf {
  return (metricName) => ({ namespace: 'AWS/ECS', metricName, dimensions: { ClusterName, ServiceName } });
}

export function alarms(metric: MetricOf): Worker['alarms'] {
  return {
    'worker-silent': {
      description: 'No task of the worker has run for ten minutes.',
      // Each task that runs is one sample a minute; how many run is no metric of its own without Container Insights.
      ...metric('CPUUtilization'),
      statistic: 'SampleCount',
      threshold: 1,
      minutes: 10,
      alarmWhenMissing: true,
    },
    'worker-busy': {
      description: 'The tasks of the worker have used 85 % of their CPU for 15 minutes: raise workerTasks.',
      ...metric('CPUUtilization'),
      statistic: 'Average',
      threshold: 85,
      minutes: 5,
      periods: 3,
    },
  };
}

export function charts(metric: MetricOf): Worker['charts'] {
  return [
    { title: 'The worker: CPU (%)', stat: 'Average', metrics: [metric('CPUUtilization')] },
    { title: 'The worker: memory (%)', stat: 'Maximum', metrics: [metric('MemoryUtilization')] },
    { title: 'The worker: tasks', stat: 'SampleCount', metrics: [metric('CPUUtilization')] },
  ];
}
