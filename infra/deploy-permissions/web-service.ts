import { arnOf, type Place } from '../arn.ts';
import type { Grant } from '../grant.ts';
import { type EnvironmentName, serviceName } from '../names.ts';
import { ecsServiceActions, ecsServiceArns } from './ecs-services.ts';
import { actionsOf, grantOf, TAG_ACTIONS } from './statements.ts';

/** Permissions for the web service, on App Runner or on ECS. */
export function webServicePermissions(environment: EnvironmentName, place: Place): Grant {
  const service = serviceName(environment);
  const configuration = ['autoscalingconfiguration', 'observabilityconfiguration', 'vpcconnector'];
  return grantOf(
    {
      Sid: 'ChangeAppRunner',
      Action: actionsOf(
        'apprunner',
        'AssociateCustomDomain',
        'CreateAutoScalingConfiguration',
        'CreateObservabilityConfiguration',
        'CreateService',
        'CreateVpcConnector',
        'DeleteAutoScalingConfiguration',
        'DeleteObservabilityConfiguration',
        'DeleteService',
        'DeleteVpcConnector',
        'DescribeAutoScalingConfiguration',
        'DescribeCustomDomains',
        'DescribeObservabilityConfiguration',
        'DescribeService',
        'DescribeVpcConnector',
        'DisassociateCustomDomain',
        'ListOperations',
        'UpdateService',
        ...TAG_ACTIONS,
      ),
      Resource: [
        arnOf(place, 'apprunner', `service/${service}/*`),
        ...configuration.map((kind) => arnOf(place, 'apprunner', `${kind}/${service}/*`)),
      ],
    },
    { Sid: 'FindService', Action: ['apprunner:ListServices'], Resource: '*' },
    {
      Sid: 'ChangeEcs',
      Action: ecsServiceActions(
        'CreateExpressGatewayService',
        'DeleteExpressGatewayService',
        'DescribeExpressGatewayService',
        'UpdateExpressGatewayService',
      ),
      Resource: ecsServiceArns(place, 'default', service),
    },
    {
      Sid: 'UseCluster',
      Action: actionsOf('ecs', 'CreateCluster', 'DescribeClusters'),
      Resource: arnOf(place, 'ecs', 'cluster/default'),
    },
    // The provider reads the security groups of a service, to leave out those that Express Mode created.
    { Sid: 'SeeSecurityGroups', Action: ['ec2:DescribeSecurityGroups'], Resource: '*' },
    {
      // The revision is not known before the registration: AWS evaluates `family:*`.
      Sid: 'RegisterTask',
      Action: actionsOf('ecs', 'RegisterTaskDefinition'),
      Resource: arnOf(place, 'ecs', `task-definition/*${service}*:*`),
    },
  );
}
