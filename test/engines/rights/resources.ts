/** The resources, as IAM names them, of an operation of AWS. */
import * as z from 'zod';
import type { Operation } from './operation.ts';
import { ACCOUNT, REGION } from './place.ts';

type Input = Operation['input'];

const text = (input: Input, ...names: readonly string[]): string | undefined =>
  names.map((name) => input[name]).find((value) => typeof value === 'string');

/** A list, also in the flat form of the query protocol. */
function texts(input: Input, name: string): string[] {
  const list = input[name];
  if (Array.isArray(list)) return list.filter((value) => typeof value === 'string');
  return Object.entries(input)
    .filter(([key]) => key.startsWith(`${name}.member.`))
    .map(([, value]) => String(value));
}

const regional = (service: string, resource: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;
const named = (name: string | undefined, arn: (name: string) => string): string[] =>
  name === undefined ? [] : [name.startsWith('arn:') ? name : arn(name)];

/** By the service of the signature. An empty list is a call without a resource: IAM then compares with `*`. */
const RESOURCES: Readonly<Record<string, (operation: Operation) => string[]>> = {
  apprunner: ({ input }) => named(text(input, 'ServiceArn', 'ResourceArn'), (arn) => arn),
  budgets: ({ input }) => named(budgetName(input), (name) => `arn:aws:budgets::${ACCOUNT}:budget/${name}`),
  dynamodb: ({ input }) =>
    named(text(input, 'TableName', 'ResourceArn'), (name) => regional('dynamodb', `table/${name}`)),
  ec2: () => [],
  ecr: ({ name, input }) =>
    name === 'GetAuthorizationToken'
      ? []
      : named(
          text(input, 'repositoryName', 'resourceArn') ?? texts(input, 'repositoryNames')[0],
          (repository) => regional('ecr', `repository/${repository}`),
        ),
  ecs: ofEcs,
  events: ({ input }) =>
    named(text(input, 'Rule', 'Name', 'ResourceARN'), (rule) => regional('events', `rule/${rule}`)),
  iam: ofIam,
  kms: ofKms,
  lambda: ofLambda,
  logs: ({ name, input }) =>
    name === 'DescribeLogGroups'
      ? []
      : named(text(input, 'logGroupName', 'logGroupIdentifier', 'resourceArn'), (group) =>
          regional('logs', `log-group:${group}`),
        ),
  monitoring: ofCloudWatch,
  s3: ({ input: { Bucket, Key } }) => [`arn:aws:s3:::${Bucket}${Key === undefined ? '' : `/${Key}`}`],
  sns: ({ input }) =>
    named(text(input, 'TopicArn', 'ResourceArn', 'Name'), (topic) => regional('sns', topic)),
  sqs: ({ input }) =>
    named(text(input, 'QueueName', 'QueueUrl'), (queue) => regional('sqs', queue.split('/').pop() ?? '')),
  ssm: ({ name, input }) =>
    name === 'DescribeParameters'
      ? []
      : [text(input, 'Name', 'ResourceId') ?? [], ...texts(input, 'Names')]
          .flat()
          .map((parameter) => regional('ssm', `parameter${parameter}`)),
  sts: () => [],
};

/** Throws for a service that the project does not use. */
export function resourcesOf(operation: Operation): readonly string[] {
  const resources = RESOURCES[operation.service]?.(operation);
  if (resources === undefined) throw new Error(`no resources are known of ${operation.service}`);
  return resources.length === 0 ? ['*'] : resources;
}

const budget = z.object({ BudgetName: z.string() });

/** The ARN of a call about tags. */
function budgetName(input: Input): string | undefined {
  return (
    text(input, 'BudgetName', 'ResourceARN') ??
    [input.Budget, input.NewBudget].map((one) => budget.safeParse(one).data?.BudgetName).find(Boolean)
  );
}

function ofIam({ name, input }: Operation): string[] {
  const iam = (resource: string) => `arn:aws:iam::${ACCOUNT}:${resource}`;
  const role = text(input, 'RoleName');
  if (role !== undefined) return [iam(`role/${role}`)];
  const arn = text(input, 'PolicyArn', 'OpenIDConnectProviderArn');
  if (arn !== undefined) return [arn];
  const made = text(input, 'PolicyName');
  if (made !== undefined) return [iam(`policy/${made}`)];
  const url = text(input, 'Url');
  if (url !== undefined) return [iam(`oidc-provider/${url.replace('https://', '')}`)];
  throw new Error(`no resource is known of iam:${name}`);
}

function ofKms({ input }: Operation): string[] {
  return [
    // For an alias, the decision is on its key (KMS developer guide, "Aliases and policies").
    ...named(text(input, 'KeyId', 'TargetKeyId') ?? keyOfCiphertext(input), (key) =>
      regional('kms', `key/${key.startsWith('alias/') ? '{alias}' : key}`),
    ),
    ...named(text(input, 'AliasName'), (alias) => regional('kms', alias)),
  ];
}

/** A ciphertext contains the id of its key. That of moto begins with it. */
function keyOfCiphertext(input: Input): string | undefined {
  const id = Buffer.from(text(input, 'CiphertextBlob') ?? '', 'base64').toString('latin1', 0, 36);
  return /^[0-9a-f-]{36}$/.test(id) ? id : undefined;
}

function ofLambda({ name, input }: Operation): string[] {
  const mapping = text(input, 'UUID');
  if (mapping !== undefined) return [regional('lambda', `event-source-mapping:${mapping}`)];
  if (name === 'CreateEventSourceMapping') return [];
  return named(text(input, 'FunctionName', 'Resource'), (fn) => regional('lambda', `function:${fn}`));
}

function ofEcs({ name, input }: Operation): string[] {
  // Only registering is decided on the definition (Service Authorization Reference, Elastic Container Service).
  if (/^(Describe|Deregister|List)TaskDefinition/.test(name)) return [];
  const family = text(input, 'family');
  if (family !== undefined) return [regional('ecs', `task-definition/${family}:{revision}`)];
  const deployments = ['serviceDeploymentArns', 'serviceRevisionArns'].flatMap((name) => texts(input, name));
  if (deployments.length > 0) return deployments;
  const cluster = (text(input, 'cluster') ?? 'default').split('/').pop();
  const services = [
    text(input, 'serviceArn', 'service', 'serviceName') ?? [],
    ...texts(input, 'services'),
  ].flat();
  if (services.length > 0)
    return services.flatMap((one) =>
      named(one, (service) => regional('ecs', `service/${cluster}/${service}`)),
    );
  const clusters = [
    text(input, 'clusterName', 'cluster', 'resourceArn') ?? [],
    ...texts(input, 'clusters'),
  ].flat();
  return clusters.flatMap((one) => named(one, (found) => regional('ecs', `cluster/${found}`)));
}

function ofCloudWatch({ input }: Operation): string[] {
  const dashboards = [text(input, 'DashboardName') ?? [], ...texts(input, 'DashboardNames')].flat();
  const alarms = [text(input, 'AlarmName', 'ResourceARN') ?? [], ...texts(input, 'AlarmNames')].flat();
  return [
    // A dashboard has no region.
    ...dashboards.map((name) => `arn:aws:cloudwatch::${ACCOUNT}:dashboard/${name}`),
    ...alarms.flatMap((name) => named(name, (alarm) => regional('cloudwatch', `alarm:${alarm}`))),
  ];
}
