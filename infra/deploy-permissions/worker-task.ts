import { arnOf, type Place } from '../arn.ts';
import type { Grant } from '../grant.ts';
import { type EnvironmentName, serviceName } from '../names.ts';
import { ecsServiceActions, ecsServiceArns } from './ecs-services.ts';
import { actionsOf, grantOf, TAG_ACTIONS } from './statements.ts';

/** Permissions for the worker on Fargate: its cluster, service and task definitions, and reading its network. */
export function workerTaskPermissions(environment: EnvironmentName, place: Place): Grant {
  const service = serviceName(environment);
  return grantOf(
    {
      Sid: 'ChangeWorkerCluster',
      Action: actionsOf(
        'ecs',
        'CreateCluster',
        'DeleteCluster',
        'DescribeClusters',
        'UpdateCluster',
        ...TAG_ACTIONS,
      ),
      Resource: arnOf(place, 'ecs', `cluster/${service}`),
    },
    {
      Sid: 'ChangeWorkerTasks',
      Action: ecsServiceActions('CreateService', 'DeleteService', 'UpdateService'),
      Resource: ecsServiceArns(place, service, `${service}-worker`),
    },
    {
      Sid: 'RegisterWorkerTask',
      Action: actionsOf('ecs', 'RegisterTaskDefinition', ...TAG_ACTIONS),
      Resource: arnOf(place, 'ecs', `task-definition/${service}-worker:*`),
    },
    {
      // These actions have no resource type (Service Authorization Reference, "Amazon Elastic Container Service").
      Sid: 'UseTaskDefinitions',
      Action: actionsOf('ecs', 'DeregisterTaskDefinition', 'DescribeTaskDefinition'),
      Resource: '*',
    },
    // Lambda reads the network of a function with the permissions of the deployer.
    { Sid: 'SeeNetwork', Action: actionsOf('ec2', 'DescribeSubnets', 'DescribeVpcs'), Resource: '*' },
  );
}
