import type * as pulumi from '@pulumi/pulumi';
import { arnOf, type Place } from '../arn.ts';
import { TAGGINGS, verbs } from './statements.ts';

/** What is done with a service of ECS whatever made it, and with its deployments; `changes` create, update and delete it. */
export function serviceActions(...changes: readonly string[]): string[] {
  return verbs(
    'ecs',
    ...changes,
    'DescribeServiceDeployments',
    'DescribeServiceRevisions',
    'DescribeServices',
    'ListServiceDeployments',
    ...TAGGINGS,
  );
}

/** A service, its deployments and its revisions: `serviceArns(place, 'default', 'my-service')`. */
export function serviceArns(place: Place, cluster: string, service: string): pulumi.Output<string>[] {
  const path = `${cluster}/${service}`;
  return [`service/${path}`, `service-deployment/${path}/*`, `service-revision/${path}/*`].map((resource) =>
    arnOf(place, 'ecs', resource),
  );
}
