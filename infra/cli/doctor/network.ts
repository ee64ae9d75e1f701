/** The VPC that ECS Express Mode puts the service into, as far as EC2 describes it. */
import { DescribeSubnetsCommand, DescribeVpcsCommand, EC2Client, type Subnet } from '@aws-sdk/client-ec2';
import { isRefused } from '../../../scripts/command.ts';
import { DEFAULT_REGION, type EnvironmentName } from '../../names.ts';
import { ENVIRONMENT_KEYS } from '../../settings/environment.ts';
import { type Access, TIMEOUTS } from '../release/aws.ts';
import { bad, type Finding, good, skipped } from '../release/checks.ts';
import {
  defaultRoutes,
  describedSubnets,
  invalidGroups,
  isInternetGateway,
  PERMISSIONS,
  placeOf,
  type SubnetSetting,
  setSubnets,
  severalVpcs,
  zonesOf,
} from './vpc.ts';

const { subnets: SUBNETS, securityGroups: SECURITY_GROUPS } = ENVIRONMENT_KEYS.shape;

export interface NetworkArgs {
  readonly stack: EnvironmentName;
  /** The keys of the stack as they are configured, JSON. */
  readonly subnets?: string | undefined;
  readonly securityGroups?: string | undefined;
  readonly access?: Access;
}

/** Checks that Express Mode can create a load balancer that the internet reaches. Throws what EC2 throws. */
export async function checkNetwork(args: NetworkArgs): Promise<Finding> {
  const subnets = SUBNETS.safeParse(args.subnets);
  const groups = SECURITY_GROUPS.safeParse(args.securityGroups);
  if (!subnets.success || !groups.success) return skipped('network', 'its settings have to be fixed first');
  const setting: SubnetSetting = { name: 'network', key: 'subnets', stack: args.stack };
  const ec2 = new EC2Client({ region: DEFAULT_REGION, requestHandler: TIMEOUTS, ...args.access });
  try {
    const found =
      subnets.data === undefined
        ? await subnetsOfDefaultVpc(ec2, setting)
        : await describedSubnets(ec2, setting, subnets.data);
    if (!Array.isArray(found)) return found;
    return (
      invalidSubnets(found, setting) ??
      (await unreachable(ec2, found, setting)) ??
      (await invalidGroups(ec2, groups.data ?? [], found, setting)) ??
      good('network', `${placeOf(found)} in ${zonesOf(found).join(', ')}, reached from the internet`)
    );
  } catch (error) {
    if (isRefused(error)) return skipped('network', `not allowed: ${PERMISSIONS}`);
    throw error;
  } finally {
    ec2.destroy();
  }
}

async function subnetsOfDefaultVpc(ec2: EC2Client, setting: SubnetSetting): Promise<Subnet[] | Finding> {
  const region = await ec2.config.region();
  const { Vpcs: [vpc] = [] } = await ec2.send(
    new DescribeVpcsCommand({ Filters: [{ Name: 'is-default', Values: ['true'] }] }),
  );
  if (vpc?.VpcId === undefined) {
    return bad(
      'network',
      `there is no default VPC in ${region}, and no subnets are set: ECS Express Mode needs one or the other`,
      `aws ec2 create-default-vpc --region ${region}\n${setSubnets(setting)}`,
    );
  }
  const Filters = [
    { Name: 'vpc-id', Values: [vpc.VpcId] },
    { Name: 'default-for-az', Values: ['true'] },
  ];
  return (await ec2.send(new DescribeSubnetsCommand({ Filters }))).Subnets ?? [];
}

/** Returns undefined when the subnets are of one VPC and in at least two Availability Zones. */
function invalidSubnets(found: readonly Subnet[], setting: SubnetSetting): Finding | undefined {
  const several = severalVpcs(found, setting);
  const zones = zonesOf(found);
  if (several !== undefined || zones.length >= 2) return several;
  return bad(
    'network',
    `${placeOf(found)} in ${zones.join() || 'no Availability Zone'}: a load balancer needs two Availability Zones`,
    setSubnets(setting),
  );
}

/**
 * Express Mode makes an internal load balancer where subnets have no route to an internet gateway, and refuses a mixture
 * of both (integrations-on-dotnet-aspire-for-aws, pull request 200). Meta reaches public ones only.
 */
async function unreachable(
  ec2: EC2Client,
  found: readonly Subnet[],
  setting: SubnetSetting,
): Promise<Finding | undefined> {
  const routes = await defaultRoutes(ec2, found);
  const inner = [...routes].filter(([, route]) => !isInternetGateway(route)).map(([id]) => id);
  if (inner.length === 0) return undefined;
  return bad(
    'network',
    `${inner.join(', ')} without a route to an internet gateway: Meta could not reach the load balancer`,
    setSubnets(setting),
  );
}
