/**
 * The calls of resources that the emulator does not have, from the sources of the Terraform AWS provider that Pulumi's
 * contains, and from AWS's documents where AWS acts in the caller's name.
 */
import * as z from 'zod';
import type { RecordedCall } from '#infra/deploy-permissions/recorded.ts';
import { ACCOUNT, REGION } from './place.ts';

type Phase = RecordedCall['in'][number];
type Pretended = Omit<RecordedCall, 'in'> & { readonly in: readonly Phase[] };
interface Made {
  readonly type: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

const READ: readonly Phase[] = ['up', 'change', 'refresh', 'compare'];
const service = (file: string) => `terraform-provider-aws internal/service/${file}`;
const arn = (kind: string, resource: string) => `arn:aws:${kind}:${REGION}:${ACCOUNT}:${resource}`;

interface Verbs {
  readonly up?: readonly string[];
  readonly change?: readonly string[];
  readonly read?: readonly string[];
  readonly destroy?: readonly string[];
}

/** Each verb on each resource, in the phases that call it. */
function calls(source: string, prefix: string, resources: readonly string[], verbs: Verbs): Pretended[] {
  const phases: readonly (readonly [readonly string[], readonly Phase[]])[] = [
    [verbs.up ?? [], ['up']],
    [verbs.change ?? [], ['change']],
    [verbs.read ?? [], READ],
    [verbs.destroy ?? [], ['destroy']],
  ];
  return phases.flatMap(([names, at]) =>
    names.flatMap((name) =>
      resources.map((resource) => ({ action: `${prefix}:${name}`, resource, context: {}, in: at, source })),
    ),
  );
}

function passing(source: string, role: string, to: string): Pretended {
  const context = { 'iam:PassedToService': to };
  return { action: 'iam:PassRole', resource: role, context, in: ['up', 'change'], source };
}

/** Created by AWS at the first use in an account, with the caller's rights (IAM user guide, "Service-linked roles"). */
function serviceLinked(name: string, to: string): Pretended {
  return {
    action: 'iam:CreateServiceLinkedRole',
    resource: `arn:aws:iam::${ACCOUNT}:role/aws-service-role/${to}/${name}`,
    context: { 'iam:AWSServiceName': to },
    in: ['up'],
    source: `service-linked role ${name}`,
  };
}

const appRunner = z.object({
  serviceName: z.string(),
  sourceConfiguration: z.object({ authenticationConfiguration: z.object({ accessRoleArn: z.string() }) }),
  instanceConfiguration: z.object({ instanceRoleArn: z.string() }),
  observabilityConfiguration: z.object({ observabilityConfigurationArn: z.string().optional() }),
});

function ofAppRunner(inputs: Made['inputs']): Pretended[] {
  const { serviceName, sourceConfiguration, instanceConfiguration, observabilityConfiguration } =
    appRunner.parse(inputs);
  const source = service('apprunner/service.go');
  const itself = arn('apprunner', `service/${serviceName}/{id}`);
  const observed = observabilityConfiguration.observabilityConfigurationArn !== undefined;
  // Creating and updating also need rights on the resources that the service refers to (Service Authorization Reference,
  // App Runner).
  const around = [
    itself,
    arn('apprunner', `autoscalingconfiguration/${serviceName}/{revision}/{id}`),
    ...(observed ? [arn('apprunner', `observabilityconfiguration/${serviceName}/{revision}/{id}`)] : []),
  ];
  return [
    ...calls(source, 'apprunner', around, { up: ['CreateService'], change: ['UpdateService'] }),
    ...calls(source, 'apprunner', [itself], {
      up: ['TagResource'],
      change: ['TagResource', 'UntagResource'],
      read: ['DescribeService', 'ListTagsForResource'],
      destroy: ['DeleteService', 'DescribeService'],
    }),
    passing(
      source,
      sourceConfiguration.authenticationConfiguration.accessRoleArn,
      'build.apprunner.amazonaws.com',
    ),
    passing(source, instanceConfiguration.instanceRoleArn, 'tasks.apprunner.amazonaws.com'),
    serviceLinked('AWSServiceRoleForAppRunner', 'apprunner.amazonaws.com'),
  ];
}

function ofConfiguration(kind: 'AutoScaling' | 'Observability', file: string, name: unknown): Pretended[] {
  const resource = arn('apprunner', `${kind.toLowerCase()}configuration/${String(name)}/{revision}/{id}`);
  return calls(service(`apprunner/${file}`), 'apprunner', [resource], {
    up: [`Create${kind}Configuration`, 'TagResource'],
    change: [`Create${kind}Configuration`, `Delete${kind}Configuration`, 'TagResource', 'UntagResource'],
    read: [`Describe${kind}Configuration`, 'ListTagsForResource'],
    destroy: [`Delete${kind}Configuration`, `Describe${kind}Configuration`],
  });
}

function ofVpcConnector(name: unknown): Pretended[] {
  const resource = arn('apprunner', `vpcconnector/${String(name)}/{revision}/{id}`);
  return [
    ...calls(service('apprunner/vpc_connector.go'), 'apprunner', [resource], {
      up: ['CreateVpcConnector', 'TagResource'],
      change: ['CreateVpcConnector', 'DeleteVpcConnector', 'TagResource', 'UntagResource'],
      read: ['DescribeVpcConnector', 'ListTagsForResource'],
      destroy: ['DeleteVpcConnector', 'DescribeVpcConnector'],
    }),
    serviceLinked('AWSServiceRoleForAppRunnerNetworking', 'networking.apprunner.amazonaws.com'),
  ];
}

/** Lambda looks at the network of a function with the caller's rights; the emulator does not. */
function ofFunction({ vpcConfig }: Made['inputs']): Pretended[] {
  if (vpcConfig === undefined) return [];
  const source =
    'AWS Lambda developer guide, Giving Lambda functions access to resources in an Amazon VPC, user permissions';
  const looks = ['DescribeSecurityGroups', 'DescribeSubnets', 'DescribeVpcs'];
  return calls(source, 'ec2', ['*'], { up: looks, change: looks });
}

const express = z.object({
  serviceName: z.string(),
  executionRoleArn: z.string(),
  infrastructureRoleArn: z.string(),
  taskRoleArn: z.string(),
});

function ofExpress(inputs: Made['inputs']): Pretended[] {
  const { serviceName, executionRoleArn, infrastructureRoleArn, taskRoleArn } = express.parse(inputs);
  const source = service('ecs/express_gateway_service.go');
  const itself = arn('ecs', `service/default/${serviceName}`);
  const made = 'Amazon ECS developer guide, Resources created by Amazon ECS Express Mode services';
  return [
    ...calls(source, 'ecs', [itself], {
      up: ['DescribeServices', 'CreateExpressGatewayService', 'TagResource', 'ListServiceDeployments'],
      change: ['UpdateExpressGatewayService', 'ListServiceDeployments', 'TagResource', 'UntagResource'],
      read: ['DescribeExpressGatewayService'],
      destroy: ['DeleteExpressGatewayService', 'DescribeExpressGatewayService'],
    }),
    ...calls(source, 'ecs', [itself, arn('ecs', `service-deployment/default/${serviceName}/{id}`)], {
      up: ['DescribeServiceDeployments'],
      change: ['DescribeServiceDeployments'],
    }),
    ...calls(made, 'ecs', [arn('ecs', 'cluster/default')], { up: ['CreateCluster'] }),
    ...calls(made, 'ecs', [arn('ecs', `task-definition/default-${serviceName}:{revision}`)], {
      up: ['RegisterTaskDefinition'],
      change: ['RegisterTaskDefinition'],
    }),
    // Since pull request 47944, those that Express Mode created itself are recognised by their tags.
    ...calls(`${source}, pull request 47944`, 'ec2', ['*'], { read: ['DescribeSecurityGroups'] }),
    passing(source, executionRoleArn, 'ecs-tasks.amazonaws.com'),
    passing(source, taskRoleArn, 'ecs-tasks.amazonaws.com'),
    passing(source, infrastructureRoleArn, 'ecs.amazonaws.com'),
    // Those for load balancing and scaling are created by the infrastructure role, whose managed policy allows it.
    serviceLinked('AWSServiceRoleForECS', 'ecs.amazonaws.com'),
  ];
}

const taskService = z.object({ name: z.string() });

/** The emulator lists no deployments, which newer providers wait for, and has no service-linked roles. */
function ofTaskService(inputs: Made['inputs']): Pretended[] {
  const { name } = taskService.parse(inputs);
  const source = `${service('ecs/service.go')}, waitForSteadyState`;
  // The cluster of the environment is named like its other resources.
  const within = `${name.replace(/-worker$/, '')}/${name}`;
  const list = ['ListServiceDeployments'];
  const describe = ['DescribeServiceDeployments'];
  return [
    ...calls(source, 'ecs', [arn('ecs', `service/${within}`)], { up: list, change: list }),
    ...calls(source, 'ecs', [arn('ecs', `service-deployment/${within}/{id}`)], {
      up: describe,
      change: describe,
    }),
    serviceLinked('AWSServiceRoleForECS', 'ecs.amazonaws.com'),
  ];
}

/** By type. `serviceName` is that of the stack's App Runner service. */
const OF: Readonly<Record<string, (inputs: Made['inputs'], serviceName: string) => Pretended[]>> = {
  'aws:apprunner/service:Service': ofAppRunner,
  'aws:apprunner/autoScalingConfigurationVersion:AutoScalingConfigurationVersion': (inputs) =>
    ofConfiguration(
      'AutoScaling',
      'auto_scaling_configuration_version.go',
      inputs.autoScalingConfigurationName,
    ),
  'aws:apprunner/observabilityConfiguration:ObservabilityConfiguration': (inputs) =>
    ofConfiguration('Observability', 'observability_configuration.go', inputs.observabilityConfigurationName),
  'aws:apprunner/customDomainAssociation:CustomDomainAssociation': (_inputs, serviceName) =>
    calls(
      service('apprunner/custom_domain_association.go'),
      'apprunner',
      [arn('apprunner', `service/${serviceName}/{id}`)],
      {
        up: ['AssociateCustomDomain'],
        read: ['DescribeCustomDomains'],
        destroy: ['DisassociateCustomDomain', 'DescribeCustomDomains'],
      },
    ),
  'aws:apprunner/vpcConnector:VpcConnector': (inputs) => ofVpcConnector(inputs.vpcConnectorName),
  'aws:ecs/expressGatewayService:ExpressGatewayService': ofExpress,
  'aws:ecs/service:Service': ofTaskService,
  'aws:lambda/function:Function': ofFunction,
};

/** Throws for App Runner and ECS resources that are not in the table. */
export function pretendedCalls(resources: readonly Made[]): readonly Pretended[] {
  const appRunnerService = resources.find(({ type }) => type === 'aws:apprunner/service:Service');
  return resources.flatMap(({ type, inputs }) => {
    const table = OF[type];
    if (table === undefined && /^aws:apprunner\/|^aws:ecs\/express/.test(type))
      throw new Error(`the calls of ${type} are not known`);
    return table?.(inputs, String(appRunnerService?.inputs.serviceName)) ?? [];
  });
}
