import {
  DescribeExpressGatewayServiceCommand,
  DescribeServiceRevisionsCommand,
  ListServiceDeploymentsCommand,
} from '@aws-sdk/client-ecs';
import { type EnvironmentName, PROJECT, serviceName } from '../../names.ts';
import { type Aws, accountId } from './aws.ts';
import { newestFirst, type Operation, type WebService } from './web-service.ts';

const CLUSTER = 'default';

/** Finds the web service on ECS Express Mode. Its deployments end as SUCCESSFUL or as one of several kinds of rollback. */
export async function findOnEcs(aws: Aws, stack: EnvironmentName): Promise<WebService | undefined> {
  const account = await accountId(aws);
  const arn = `arn:aws:ecs:${aws.region}:${account}:service/${CLUSTER}/${serviceName(stack)}`;
  const service = await describe(aws, arn);
  const [active] = service?.activeConfigurations ?? [];
  const status = service?.status?.statusCode ?? 'unknown';
  if (service === undefined || active === undefined || status === 'INACTIVE') return undefined;
  const deployments = await deploymentsOf(aws, stack);
  const [last] = deployments;
  const host = active.ingressPaths?.find(({ accessType }) => accessType === 'PUBLIC')?.endpoint ?? '';
  return {
    compute: 'ecs-express',
    url: `https://${host.replace(/^https:\/\//, '').replace(/\/$/, '')}`,
    arn,
    image: await imageOf(aws, active.serviceRevisionArn, active.primaryContainer?.image),
    status,
    steady: status === 'ACTIVE',
    // Its name is free only once the tasks of a deleted service have ended.
    changing:
      status === 'DRAINING' || (last !== undefined && /PENDING|IN_PROGRESS|REQUESTED/.test(last.status)),
    ...(last === undefined ? {} : { last }),
    logGroup: `/${PROJECT}/${stack}/web`,
  };
}

async function describe(aws: Aws, serviceArn: string) {
  try {
    return (await aws.ecs.send(new DescribeExpressGatewayServiceCommand({ serviceArn }))).service;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/**
 * ECS has several errors for a service that does not exist: before the first one there is no cluster either, and a
 * deleted one is inactive (the same list as in terraform-provider-aws, express_gateway_service.go).
 */
function isAbsent(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { name, message } = error;
  if (name === 'InvalidParameterException') return /resource not found/i.test(message);
  return /^(Cluster|Resource|Service)NotFoundException$|^ServiceNotActiveException$/.test(name);
}

async function deploymentsOf(aws: Aws, stack: EnvironmentName): Promise<Operation[]> {
  const { serviceDeployments = [] } = await aws.ecs.send(
    new ListServiceDeploymentsCommand({ cluster: CLUSTER, service: serviceName(stack) }),
  );
  return serviceDeployments
    .map(({ status = 'unknown', startedAt, createdAt }) => ({
      kind: 'deployment',
      status,
      succeeded: status === 'SUCCESSFUL',
      rolledBack: status === 'ROLLBACK_SUCCESSFUL',
      startedAt: startedAt ?? createdAt,
    }))
    .sort(newestFirst);
}

/** The digest that the revision was resolved to, where ECS says it. */
async function imageOf(aws: Aws, revision: string | undefined, named: string | undefined): Promise<string> {
  if (revision === undefined) return named ?? 'no image';
  const { serviceRevisions = [] } = await aws.ecs.send(
    new DescribeServiceRevisionsCommand({ serviceRevisionArns: [revision] }),
  );
  const [container] = serviceRevisions[0]?.containerImages ?? [];
  const image = container?.image ?? named ?? 'no image';
  return container?.imageDigest === undefined || image.includes('@')
    ? image
    : `${image}@${container.imageDigest}`;
}
