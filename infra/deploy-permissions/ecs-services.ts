import type * as pulumi from '@pulumi/pulumi';
import { arnOf, type Place } from '../arn.ts';
import { actionsOf, TAG_ACTIONS } from './statements.ts';

/** Returns the actions on an ECS service and its deployments: `changes` (create, update, delete), reads and tags. */
export function ecsServiceActions(...changes: readonly string[]): string[] {
  return actionsOf(
    'ecs',
    ...changes,
    'DescribeServiceDeployments',
    'DescribeServiceRevisions',
    'DescribeServices',
    'ListServiceDeployments',
    ...TAG_ACTIONS,
  );
}

/** Returns the ARNs of a service, its deployments and its revisions: `ecsServiceArns(place, 'default', 'my-service')`. */
export function ecsServiceArns(place: Place, cluster: string, service: string): pulumi.Output<string>[] {
  const path = `${cluster}/${service}`;
  return [`service/${path}`, `service-deployment/${path}/*`, `service-revision/${path}/*`].map((resource) =>
    arnOf(place, 'ecs', resource),
  );
}
