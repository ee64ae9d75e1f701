/** What the web service on ECS Express Mode and the worker on Fargate have in common. */
import type * as aws from '@pulumi/aws';
import type * as pulumi from '@pulumi/pulumi';
import type { Grant } from './grant.ts';
import { pullStatements } from './service-roles.ts';
import { writeLog } from './telemetry.ts';

/** What ECS needs to start a container, beside its variables: the image and the log. */
export function starting(repositoryArn: pulumi.Input<string>, logs: aws.cloudwatch.LogGroup): Grant {
  return { variables: {}, statements: [...pullStatements(repositoryArn), writeLog(logs)] };
}

/** The provider compares lists entry by entry, so the order has to be the same every time. */
export function inOrder<T>(record: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}
