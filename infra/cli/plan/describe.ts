/** The type and the main properties of a resource, in a few words. */
import * as z from 'zod';
import type { RecordedResource } from './engine.ts';
import { isRecord, type Value, type Values } from './values.ts';

/** Returns the type of a resource in plain words: `table`, `dead-letter queue`. */
export function typeNameOf({ type }: RecordedResource): string {
  return TYPE_NAMES[type] ?? type.split(':').pop() ?? type;
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  'aws:apprunner/autoScalingConfigurationVersion:AutoScalingConfigurationVersion': 'scaling',
  'aws:apprunner/customDomainAssociation:CustomDomainAssociation': 'domain',
  'aws:apprunner/observabilityConfiguration:ObservabilityConfiguration': 'tracing',
  'aws:apprunner/service:Service': 'App Runner service',
  'aws:apprunner/vpcConnector:VpcConnector': 'VPC connector',
  'aws:budgets/budget:Budget': 'budget',
  'aws:cloudwatch/dashboard:Dashboard': 'dashboard',
  'aws:cloudwatch/eventRule:EventRule': 'schedule',
  'aws:cloudwatch/eventTarget:EventTarget': 'target of schedule',
  'aws:cloudwatch/logGroup:LogGroup': 'log',
  'aws:cloudwatch/logMetricFilter:LogMetricFilter': 'metric of log',
  'aws:cloudwatch/metricAlarm:MetricAlarm': 'alarm',
  'aws:dynamodb/table:Table': 'table',
  'aws:ecs/cluster:Cluster': 'cluster',
  'aws:ecs/expressGatewayService:ExpressGatewayService': 'ECS Express service',
  'aws:ecs/service:Service': 'ECS service',
  'aws:ecs/taskDefinition:TaskDefinition': 'task',
  'aws:iam/openIdConnectProvider:OpenIdConnectProvider': 'identity provider',
  'aws:iam/policy:Policy': 'policy',
  'aws:iam/role:Role': 'role',
  'aws:iam/rolePolicy:RolePolicy': 'rights',
  'aws:iam/rolePolicyAttachment:RolePolicyAttachment': 'attached rights',
  'aws:kms/alias:Alias': 'name of key',
  'aws:kms/key:Key': 'key',
  'aws:lambda/eventSourceMapping:EventSourceMapping': 'wake-ups',
  'aws:lambda/function:Function': 'Lambda function',
  'aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig': 'retries',
  'aws:lambda/permission:Permission': 'caller',
  'aws:sns/topic:Topic': 'topic',
  'aws:sns/topicPolicy:TopicPolicy': 'publishers',
  'aws:sns/topicSubscription:TopicSubscription': 'subscriber',
  'aws:sqs/queue:Queue': 'queue',
  'aws:ssm/parameter:Parameter': 'parameter',
  'awsx:ecr:Image': 'image, built',
  'awsx:ecr:Repository': 'registry',
};

/** Returns the main properties of a resource, the most specific ones first. */
export function propertiesOf(resource: RecordedResource): string {
  const properties = PROPERTIES[resource.type]?.(resource.inputs) ?? [];
  return [...properties, ...(resource.protect ? ['protected'] : [])].filter((text) => text !== '').join(', ');
}

const PROPERTIES: Readonly<Record<string, (inputs: Values) => string[]>> = {
  'aws:apprunner/autoScalingConfigurationVersion:AutoScalingConfigurationVersion': (i) => [
    `${i.minSize} to ${i.maxSize} instances of ${i.maxConcurrency} requests`,
  ],
  'aws:apprunner/customDomainAssociation:CustomDomainAssociation': (i) => [text(i.domainName)],
  'aws:apprunner/service:Service': (i) => [
    text(i.serviceName),
    size(i.instanceConfiguration),
    `port ${at(i, 'sourceConfiguration', 'imageRepository', 'imageConfiguration', 'port')}`,
    `healthy at ${at(i, 'healthCheckConfiguration', 'protocol')} GET ${at(i, 'healthCheckConfiguration', 'path')}`,
    `image ${shortImage(at(i, 'sourceConfiguration', 'imageRepository', 'imageIdentifier'))}`,
  ],
  'aws:apprunner/vpcConnector:VpcConnector': (i) => [`to ${list(i.subnets)}`],
  'aws:budgets/budget:Budget': (i) => [
    `${text(i.limitAmount)} ${text(i.limitUnit)} a month for the whole account`,
  ],
  'aws:cloudwatch/eventRule:EventRule': (i) => [text(i.scheduleExpression)],
  'aws:cloudwatch/logGroup:LogGroup': (i) => [text(i.name), `${i.retentionInDays} days`],
  'aws:cloudwatch/logMetricFilter:LogMetricFilter': (i) => [text(i.pattern)],
  // Without the runbook's address, which would be the longest part of each line.
  'aws:cloudwatch/metricAlarm:MetricAlarm': (i) => [text(i.alarmDescription).replace(/ https:\S+$/, '')],
  'aws:dynamodb/table:Table': (i) => [
    text(i.name),
    'paid by use',
    at(i, 'pointInTimeRecovery', 'enabled') === true ? 'restorable for 35 days' : '',
    'encrypted',
  ],
  'aws:ecs/expressGatewayService:ExpressGatewayService': (i) => [
    text(i.serviceName),
    size(i),
    `port ${at(i, 'primaryContainer', 'containerPort')}`,
    `healthy at HTTP GET ${text(i.healthCheckPath)}`,
    `image ${shortImage(at(i, 'primaryContainer', 'image'))}`,
    network(i.networkConfigurations),
  ],
  'aws:ecs/cluster:Cluster': (i) => [text(i.name)],
  'aws:ecs/service:Service': (i) => [
    text(i.name),
    `${i.desiredCount} ${i.desiredCount === 1 ? 'task' : 'tasks'} on Fargate`,
    at(i, 'networkConfiguration', 'assignPublicIp') === true ? 'with a public address' : 'in private subnets',
    'rolls back when new tasks do not stay up',
  ],
  'aws:ecs/taskDefinition:TaskDefinition': (i) => [text(i.family), size(i), ...containersOf(i)],
  'aws:iam/policy:Policy': (i) => [text(i.name)],
  'aws:iam/role:Role': (i) => [text(i.name)],
  'aws:iam/rolePolicyAttachment:RolePolicyAttachment': (i) => [text(i.policyArn).split('/').pop() ?? ''],
  'aws:kms/alias:Alias': (i) => [text(i.name)],
  'aws:kms/key:Key': () => ['rotates every year'],
  'aws:lambda/eventSourceMapping:EventSourceMapping': (i) => [
    i.batchSize === 1 ? 'each in an invocation of its own' : `${i.batchSize} in an invocation`,
    `at most ${at(i, 'scalingConfig', 'maximumConcurrency')} at a time`,
    'only failed ones are retried',
  ],
  'aws:lambda/function:Function': (i) => [
    text(i.name),
    text(i.runtime),
    ...(Array.isArray(i.architectures) ? i.architectures.map(text) : []),
    `${i.memorySize} MB`,
    `${i.timeout} s`,
    i.vpcConfig === undefined ? '' : `in ${list(at(i, 'vpcConfig', 'subnetIds'))}`,
    text(i.code).replace(/^\[archive (.*)\]$/, 'from $1'),
  ],
  'aws:sns/topic:Topic': (i) => [text(i.name), 'encrypted'],
  'aws:sns/topicSubscription:TopicSubscription': (i) => [text(i.endpoint)],
  'aws:sqs/queue:Queue': (i) => [
    text(i.name),
    `kept ${Number(i.messageRetentionSeconds) / 86_400} days`,
    i.visibilityTimeoutSeconds === undefined ? '' : `hidden ${i.visibilityTimeoutSeconds} s`,
    isRecord(i.redrivePolicy) ? `dead after ${i.redrivePolicy.maxReceiveCount} receives` : '',
    'encrypted',
  ],
  'aws:ssm/parameter:Parameter': (i) => [i.type === 'SecureString' ? 'secret' : text(i.insecureValue)],
  'awsx:ecr:Image': (i) => [`from ./Dockerfile for ${text(i.platform)}, tag ${text(i.imageTag)}`],
  'awsx:ecr:Repository': (i) => [
    text(i.name),
    'scanned when pushed',
    'tags stay, but for staging and production',
  ],
};

const CONTAINERS = z.array(z.object({ image: z.string(), command: z.array(z.string()) }));

/** What each container runs. The definitions are one text. */
function containersOf({ containerDefinitions }: Values): string[] {
  if (typeof containerDefinitions !== 'string') return [];
  return CONTAINERS.parse(JSON.parse(containerDefinitions)).map(
    ({ image, command }) => `image ${shortImage(image)} with ${command.slice(2).join(' ')}`,
  );
}

function at(value: Value | undefined, ...path: readonly string[]): Value | undefined {
  return path.reduce<Value | undefined>((inner, key) => (isRecord(inner) ? inner[key] : undefined), value);
}

function network(value: Value | undefined): string {
  const [configuration] = Array.isArray(value) ? value : [];
  const subnets = at(configuration, 'subnets');
  return Array.isArray(subnets) ? `in ${list(subnets)}` : 'in the default VPC';
}

function list(value: Value | undefined): string {
  return Array.isArray(value) ? value.map(text).join(', ') : '';
}

function text(value: Value | undefined): string {
  return value === undefined || value === null ? '' : String(value);
}

function size(value: Value | undefined): string {
  return `${Number(at(value, 'cpu')) / 1024} vCPU, ${Number(at(value, 'memory')) / 1024} GB`;
}

function shortImage(image: Value | undefined): string {
  const digest = text(image).split('@sha256:')[1] ?? '';
  return /^0*$/.test(digest) ? 'as built from ./Dockerfile' : `sha256:${digest.slice(0, 12)}…`;
}
