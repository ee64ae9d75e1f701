import type * as pulumi from '@pulumi/pulumi';
import type { Rules } from './alarm-rules.ts';
import type { Place } from './arn.ts';
import type { Grant } from './grant.ts';
import type { EnvironmentName } from './names.ts';
import type { Reading } from './parameters.ts';
import type { Metric } from './web-service.ts';

/**
 * The type of both implementations. It is part of each child's URN, so the log group stays when a stack changes from one
 * to the other, and nothing is created under a name that still exists.
 */
export const WORKER_TYPE = 'ansari-whatsapp:infra:Worker';

export interface WorkerArgs {
  readonly environment: EnvironmentName;
  readonly place: Place;
  /** Conversations at a time. */
  readonly concurrency: number;
  readonly logRetentionDays: number;
  readonly reading: Reading;
  readonly grants: readonly Grant[];
  /** Permissions boundary of the worker's roles. */
  readonly boundaryArn: pulumi.Input<string>;
}

/** One widget of the dashboard. */
interface Chart {
  readonly title: string;
  /** A statistic of CloudWatch: `Sum`, `p99`. */
  readonly stat: string;
  readonly metrics: readonly Metric[];
}

/** Receives wake-ups from the queue, works on their conversations, and finds work whose wake-up was lost. */
export interface Worker {
  readonly logGroup: pulumi.Output<string>;
  /** Its alarms, by name. */
  readonly alarms: Rules;
  /** What the dashboard shows of it. */
  readonly charts: readonly Chart[];
}
