import { arnOf, type Place } from '../arn.ts';
import type { Grant } from '../grant.ts';
import { type EnvironmentName, serviceName } from '../names.ts';
import { serviceActions, serviceArns } from './ecs.ts';
import { allowing, TAGGINGS, verbs } from './statements.ts';

/** The web service, on App Runner or on ECS. */
export function webServiceRights(environment: EnvironmentName, place: Place): Grant {
  const service = serviceName(environment);
  const configuration = ['autoscalingconfiguration', 'observabilityconfiguration', 'vpcconnector'];
  return allowing(
    {
      Sid: 'ChangeAppRunner',
      Action: verbs(
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
        ...TAGGINGS,
      ),
      Resource: [
        arnOf(place, 'apprunner', `service/${service}/*`),
        ...configuration.map((kind) => arnOf(place, 'apprunner', `${kind}/${service}/*`)),
      ],
    },
    { Sid: 'FindService', Action: ['apprunner:ListServices'], Resource: '*' },
    {
      Sid: 'ChangeEcs',
      Action: serviceActions(
        'CreateExpressGatewayService',
        'DeleteExpressGatewayService',
        'DescribeExpressGatewayService',
        'UpdateExpressGatewayService',
      ),
      Resource: serviceArns(place, 'default', service),
    },
    {
      Sid: 'UseCluster',
      Action: verbs('ecs', 'CreateCluster', 'DescribeClusters'),
      Resource: arnOf(place, 'ecs', 'cluster/default'),
    },
    // The provider reads the groups of a service, to leave out those that Express Mode made itself.
    { Sid: 'SeeSecurityGroups', Action: ['ec2:DescribeSecurityGroups'], Resource: '*' },
    {
      // A definition's number is not known before: AWS compares with `family:*`.
      Sid: 'RegisterTask',
      Action: verbs('ecs', 'RegisterTaskDefinition'),
      Resource: arnOf(place, 'ecs', `task-definition/*${service}*:*`),
    },
  );
}
