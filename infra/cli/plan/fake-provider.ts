import * as z from 'zod';
import type { Values } from './values.ts';

/**
 * Stands for AWS while a plan is recorded: returns what AWS would return for a new resource, as far as the program uses
 * it: ARNs, URLs and ids that look real. All other outputs equal the inputs.
 */
export interface FakePlace {
  /** The twelve digits of the account. */
  readonly account: string;
  readonly region: string;
}

export interface FakeResource {
  readonly id: string;
  readonly outputs: Values;
}

/** The subnets of an account, by their ids. */
export interface Subnets {
  /** Those of the default network. */
  readonly byDefault: readonly string[];
  /** Those with `MapPublicIpOnLaunch`. */
  readonly public: readonly string[];
}

const DEFAULT_SUBNETS = ['subnet-00000000000000001', 'subnet-00000000000000002'];
/** A default network with public subnets; every other subnet that the configuration names is private. */
export const SOME_SUBNETS: Subnets = { byDefault: DEFAULT_SUBNETS, public: DEFAULT_SUBNETS };

export interface FakeAccount {
  /** The twelve digits. */
  readonly account: string;
  readonly region: string;
  readonly subnets: Subnets;
}

/** Returns what a provider function would find in this account; undefined for a function that a plan does not support. */
export function lookUp(
  { account, region, subnets }: FakeAccount,
  token: string,
  args: Values,
): Values | undefined {
  switch (token) {
    case 'aws:index/getCallerIdentity:getCallerIdentity':
      return { accountId: account, arn: `arn:aws:iam::${account}:root`, userId: account, id: account };
    case 'aws:ec2/getSubnets:getSubnets':
      return { id: region, region, tags: {}, ids: [...subnetsLike(subnets, args)] };
    default:
      return undefined;
  }
}

const FILTERS = z.object({ filters: z.array(z.object({ name: z.string(), values: z.array(z.string()) })) });

/** Filters them as `DescribeSubnets` does; supports the filters that the program uses. */
function subnetsLike(subnets: Subnets, args: Values): readonly string[] {
  const { filters = [] } = FILTERS.safeParse(args).data ?? {};
  const named = filters.find(({ name }) => name === 'subnet-id')?.values;
  return named === undefined ? subnets.byDefault : named.filter((id) => subnets.public.includes(id));
}

/** Returns the id of a new resource of this type in this account and region, and its outputs beside its inputs. */
export function fakeResource(place: FakePlace, type: string, name: string, inputs: Values): FakeResource {
  const { account, region } = place;
  const named = textOf(inputs.name) ?? name;
  const arn = (service: string, resource: string) => `arn:aws:${service}:${region}:${account}:${resource}`;
  const iam = (resource: string) => `arn:aws:iam::${account}:${resource}`;
  switch (type) {
    case 'aws:sqs/queue:Queue': {
      const url = `https://sqs.${region}.amazonaws.com/${account}/${named}`;
      return { id: url, outputs: { url, arn: arn('sqs', named) } };
    }
    case 'aws:ssm/parameter:Parameter':
      return { id: named, outputs: { arn: arn('ssm', `parameter${named}`), version: 1 } };
    case 'aws:iam/role:Role':
      return { id: named, outputs: { arn: iam(`role/${named}`) } };
    case 'aws:iam/policy:Policy':
      return { id: iam(`policy/${named}`), outputs: { arn: iam(`policy/${named}`) } };
    case 'aws:iam/openIdConnectProvider:OpenIdConnectProvider':
      return { id: name, outputs: { arn: iam('oidc-provider/token.actions.githubusercontent.com') } };
    case 'aws:kms/key:Key':
      return { id: name, outputs: { arn: arn('kms', `key/${name}`), keyId: name } };
    case 'aws:dynamodb/table:Table':
      return { id: named, outputs: { arn: arn('dynamodb', `table/${named}`) } };
    case 'aws:lambda/function:Function':
      return { id: named, outputs: { arn: arn('lambda', `function:${named}`) } };
    case 'aws:cloudwatch/logGroup:LogGroup':
      return { id: named, outputs: { arn: arn('logs', `log-group:${named}`) } };
    case 'aws:sns/topic:Topic':
      return { id: arn('sns', named), outputs: { arn: arn('sns', named) } };
    case 'aws:apprunner/service:Service': {
      const serviceName = textOf(inputs.serviceName) ?? name;
      const serviceArn = arn('apprunner', `service/${serviceName}/0123456789abcdef`);
      const made = {
        serviceId: '0123456789abcdef',
        serviceUrl: `example.${region}.awsapprunner.com`,
        status: 'RUNNING',
      };
      return { id: serviceArn, outputs: { arn: serviceArn, ...made } };
    }
    case 'aws:apprunner/vpcConnector:VpcConnector': {
      const connector = textOf(inputs.vpcConnectorName) ?? name;
      const connectorArn = arn('apprunner', `vpcconnector/${connector}/1/0123456789abcdef`);
      return { id: connectorArn, outputs: { arn: connectorArn } };
    }
    case 'aws:ecs/expressGatewayService:ExpressGatewayService': {
      const serviceArn = arn('ecs', `service/default/${textOf(inputs.serviceName) ?? name}`);
      const ingressPaths = [{ accessType: 'PUBLIC', endpoint: `example.ecs.${region}.on.aws` }];
      return { id: serviceArn, outputs: { serviceArn, ingressPaths } };
    }
    case 'aws:ecs/cluster:Cluster':
      return { id: arn('ecs', `cluster/${named}`), outputs: { arn: arn('ecs', `cluster/${named}`) } };
    case 'aws:ecs/taskDefinition:TaskDefinition': {
      const family = textOf(inputs.family) ?? name;
      return { id: family, outputs: { arn: arn('ecs', `task-definition/${family}:1`), revision: 1 } };
    }
    case 'aws:ecs/service:Service': {
      const cluster = textOf(inputs.cluster)?.split('/').pop() ?? 'default';
      const serviceArn = arn('ecs', `service/${cluster}/${named}`);
      return { id: serviceArn, outputs: { arn: serviceArn } };
    }
    case 'awsx:ecr:Repository':
      return { id: '', outputs: { url: `${account}.dkr.ecr.${region}.amazonaws.com/${named}` } };
    case 'awsx:ecr:Image':
      return { id: '', outputs: { imageUri: `${textOf(inputs.repositoryUrl)}@sha256:${'0'.repeat(64)}` } };
    default:
      return { id: named, outputs: { arn: arn(type.split(':')[1]?.split('/')[0] ?? 'aws', named) } };
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
