import { arnOf, type Place } from '../arn.ts';
import type { Grant } from '../grant.ts';
import { type EnvironmentName, serviceName } from '../names.ts';
import { allowing, verbs } from './statements.ts';

/** The worker as tasks on Fargate: its cluster, its service, its task definitions, and the network they run in. */
export function workerTaskRights(environment: EnvironmentName, place: Place): Grant {
  const service = serviceName(environment);
  const worker = `${service}/${service}-worker`;
  const taggings = ['ListTagsForResource', 'TagResource', 'UntagResource'];
  return allowing(
    {
      Sid: 'ChangeWorkerCluster',
      Action: verbs(
        'ecs',
        'CreateCluster',
        'DeleteCluster',
        'DescribeClusters',
        'UpdateCluster',
        ...taggings,
      ),
      Resource: arnOf(place, 'ecs', `cluster/${service}`),
    },
    {
      Sid: 'ChangeWorkerTasks',
      Action: verbs(
        'ecs',
        'CreateService',
        'DeleteService',
        'DescribeServiceDeployments',
        'DescribeServiceRevisions',
        'DescribeServices',
        'ListServiceDeployments',
        'UpdateService',
        ...taggings,
      ),
      Resource: [
        arnOf(place, 'ecs', `service/${worker}`),
        ...['service-deployment', 'service-revision'].map((kind) =>
          arnOf(place, 'ecs', `${kind}/${worker}/*`),
        ),
      ],
    },
    {
      Sid: 'DescribeWorkerTask',
      Action: verbs('ecs', 'RegisterTaskDefinition', ...taggings),
      Resource: arnOf(place, 'ecs', `task-definition/${service}-worker:*`),
    },
    {
      // AWS knows nothing finer for these (Service Authorization Reference, "Amazon Elastic Container Service").
      Sid: 'UseTaskDefinitions',
      Action: verbs('ecs', 'DeregisterTaskDefinition', 'DescribeTaskDefinition'),
      Resource: '*',
    },
    { Sid: 'SeeSubnets', Action: verbs('ec2', 'DescribeSubnets'), Resource: '*' },
  );
}
