import { arnOf, type Place } from '../arn.ts';
import type { Grant } from '../grant.ts';
import { type EnvironmentName, serviceName } from '../names.ts';
import { serviceActions, serviceArns } from './ecs.ts';
import { allowing, TAGGINGS, verbs } from './statements.ts';

/** The worker as tasks on Fargate: its cluster, its service, its task definitions, and the network they run in. */
export function workerTaskRights(environment: EnvironmentName, place: Place): Grant {
  const service = serviceName(environment);
  return allowing(
    {
      Sid: 'ChangeWorkerCluster',
      Action: verbs(
        'ecs',
        'CreateCluster',
        'DeleteCluster',
        'DescribeClusters',
        'UpdateCluster',
        ...TAGGINGS,
      ),
      Resource: arnOf(place, 'ecs', `cluster/${service}`),
    },
    {
      Sid: 'ChangeWorkerTasks',
      Action: serviceActions('CreateService', 'DeleteService', 'UpdateService'),
      Resource: serviceArns(place, service, `${service}-worker`),
    },
    {
      Sid: 'RegisterWorkerTask',
      Action: verbs('ecs', 'RegisterTaskDefinition', ...TAGGINGS),
      Resource: arnOf(place, 'ecs', `task-definition/${service}-worker:*`),
    },
    {
      // AWS knows nothing finer for these (Service Authorization Reference, "Amazon Elastic Container Service").
      Sid: 'UseTaskDefinitions',
      Action: verbs('ecs', 'DeregisterTaskDefinition', 'DescribeTaskDefinition'),
      Resource: '*',
    },
    // Lambda looks at the network of a function in the name of who deploys it.
    { Sid: 'SeeNetwork', Action: verbs('ec2', 'DescribeSubnets', 'DescribeVpcs'), Resource: '*' },
  );
}
