/** The VPC that ECS Express Mode puts the service into, as far as EC2 describes it. */
import {
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  EC2Client,
  type RouteTable,
  type Subnet,
} from '@aws-sdk/client-ec2';
import { isRefused } from '../../../scripts/command.ts';
import { DEFAULT_REGION, type EnvironmentName } from '../../names.ts';
import { ENVIRONMENT_KEYS } from '../../settings/environment.ts';
import { SUBNETS_EXAMPLE } from '../../settings/network.ts';
import { type Access, TIMEOUTS } from '../release/aws.ts';
import { bad, type Finding, good, skipped } from '../release/checks.ts';

const RIGHTS =
  'ec2:DescribeVpcs, ec2:DescribeSubnets, ec2:DescribeRouteTables and ec2:DescribeSecurityGroups';
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
  const ec2 = new EC2Client({ region: DEFAULT_REGION, requestHandler: TIMEOUTS, ...args.access });
  try {
    const found =
      subnets.data === undefined
        ? await subnetsOfDefaultVpc(ec2, args.stack)
        : await describedSubnets(ec2, args.stack, subnets.data);
    if (!Array.isArray(found)) return found;
    return (
      invalidSubnets(found, args.stack) ??
      unreachable(found, await routeTables(ec2, found), args.stack) ??
      (await invalidGroups(ec2, groups.data ?? [], found, args.stack)) ??
      good('network', `${placeOf(found)} in ${zonesOf(found).join(', ')}, reached from the internet`)
    );
  } catch (error) {
    if (isRefused(error)) return skipped('network', `not allowed: ${RIGHTS}`);
    throw error;
  } finally {
    ec2.destroy();
  }
}

const set = (stack: string) => `pulumi config set subnets ${SUBNETS_EXAMPLE} --stack ${stack}`;

async function subnetsOfDefaultVpc(ec2: EC2Client, stack: string): Promise<Subnet[] | Finding> {
  const region = await ec2.config.region();
  const { Vpcs: [vpc] = [] } = await ec2.send(
    new DescribeVpcsCommand({ Filters: [{ Name: 'is-default', Values: ['true'] }] }),
  );
  if (vpc?.VpcId === undefined) {
    return bad(
      'network',
      `there is no default VPC in ${region}, and no subnets are set: ECS Express Mode needs one or the other`,
      `aws ec2 create-default-vpc --region ${region}\n${set(stack)}`,
    );
  }
  const Filters = [
    { Name: 'vpc-id', Values: [vpc.VpcId] },
    { Name: 'default-for-az', Values: ['true'] },
  ];
  return (await ec2.send(new DescribeSubnetsCommand({ Filters }))).Subnets ?? [];
}

async function describedSubnets(
  ec2: EC2Client,
  stack: string,
  SubnetIds: readonly string[],
): Promise<Subnet[] | Finding> {
  try {
    return (await ec2.send(new DescribeSubnetsCommand({ SubnetIds: [...SubnetIds] }))).Subnets ?? [];
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'InvalidSubnetID.NotFound') throw error;
    return bad('network', `${error.message} (in ${await ec2.config.region()})`, set(stack));
  }
}

/** Returns undefined when the subnets are of one VPC and in at least two Availability Zones. */
function invalidSubnets(found: readonly Subnet[], stack: string): Finding | undefined {
  const vpcs = new Set(found.map(({ VpcId }) => VpcId));
  if (vpcs.size > 1)
    return bad('network', `the subnets are of several VPCs: ${[...vpcs].sort().join(', ')}`, set(stack));
  const zones = zonesOf(found);
  if (zones.length >= 2) return undefined;
  return bad(
    'network',
    `${placeOf(found)} in ${zones.join() || 'no Availability Zone'}: a load balancer needs two Availability Zones`,
    set(stack),
  );
}

async function routeTables(ec2: EC2Client, found: readonly Subnet[]): Promise<RouteTable[]> {
  const vpcs = [...new Set(found.flatMap(({ VpcId }) => VpcId ?? []))];
  const input = { Filters: [{ Name: 'vpc-id', Values: vpcs }] };
  return (await ec2.send(new DescribeRouteTablesCommand(input))).RouteTables ?? [];
}

/**
 * Express Mode makes an internal load balancer where subnets have no route to an internet gateway, and refuses a mixture
 * of both (integrations-on-dotnet-aspire-for-aws, pull request 200). Meta reaches public ones only.
 */
function unreachable(
  found: readonly Subnet[],
  tables: readonly RouteTable[],
  stack: string,
): Finding | undefined {
  const associations = tables.flatMap((table) =>
    (table.Associations ?? []).map((association) => ({ ...association, table })),
  );
  const main = associations.find(({ Main }) => Main)?.table;
  const isPublic = ({ SubnetId }: Subnet) =>
    (associations.find((association) => association.SubnetId === SubnetId)?.table ?? main)?.Routes?.some(
      ({ DestinationCidrBlock, GatewayId }) =>
        DestinationCidrBlock === '0.0.0.0/0' && GatewayId?.startsWith('igw-'),
    ) ?? false;
  const inner = found.filter((subnet) => !isPublic(subnet)).map(({ SubnetId }) => SubnetId);
  if (inner.length === 0) return undefined;
  return bad(
    'network',
    `${inner.join(', ')} without a route to an internet gateway: Meta could not reach the load balancer`,
    set(stack),
  );
}

async function invalidGroups(
  ec2: EC2Client,
  GroupIds: readonly string[],
  found: readonly Subnet[],
  stack: string,
): Promise<Finding | undefined> {
  if (GroupIds.length === 0) return undefined;
  const fix = `pulumi config rm securityGroups --stack ${stack}`;
  try {
    const command = new DescribeSecurityGroupsCommand({ GroupIds: [...GroupIds] });
    const { SecurityGroups = [] } = await ec2.send(command);
    const foreign = SecurityGroups.filter(({ VpcId }) => VpcId !== found[0]?.VpcId);
    if (foreign.length === 0) return undefined;
    const names = foreign.map(({ GroupId }) => GroupId).join(', ');
    return bad('network', `${names} of another VPC than the subnets'`, fix);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'InvalidGroup.NotFound') throw error;
    return bad('network', `${error.message} (in ${await ec2.config.region()})`, fix);
  }
}

function zonesOf(found: readonly Subnet[]): string[] {
  return [...new Set(found.flatMap(({ AvailabilityZone }) => AvailabilityZone ?? []))].sort();
}

function placeOf(found: readonly Subnet[]): string {
  return `${found.length === 1 ? 'one subnet' : `${found.length} subnets`} of ${found[0]?.VpcId ?? 'no VPC'}`;
}
