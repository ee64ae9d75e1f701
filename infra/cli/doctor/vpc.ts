/** The subnets and security groups of a stack, as EC2 describes them. */
import {
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  type EC2Client,
  type Route,
  type Subnet,
} from '@aws-sdk/client-ec2';
import { SUBNETS_EXAMPLE } from '../../settings/network.ts';
import { bad, type Finding } from '../release/checks.ts';

/** What these calls need. */
export const PERMISSIONS =
  'ec2:DescribeVpcs, ec2:DescribeSubnets, ec2:DescribeRouteTables and ec2:DescribeSecurityGroups';

/** A key of a stack that lists subnets, and the name of its findings. */
export interface SubnetSetting {
  readonly name: 'network' | 'private network';
  readonly key: 'subnets' | 'privateSubnets';
  readonly stack: string;
}

export function setSubnets({ key, stack }: SubnetSetting): string {
  return `pulumi config set ${key} ${SUBNETS_EXAMPLE} --stack ${stack}`;
}

/** Resolves to the subnets, or to what is wrong when one of them does not exist. */
export async function describedSubnets(
  ec2: EC2Client,
  setting: SubnetSetting,
  SubnetIds: readonly string[],
): Promise<Subnet[] | Finding> {
  try {
    return (await ec2.send(new DescribeSubnetsCommand({ SubnetIds: [...SubnetIds] }))).Subnets ?? [];
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'InvalidSubnetID.NotFound') throw error;
    return bad(setting.name, `${error.message} (in ${await ec2.config.region()})`, setSubnets(setting));
  }
}

/** Returns what is wrong when the subnets are of several VPCs. */
export function severalVpcs(found: readonly Subnet[], setting: SubnetSetting): Finding | undefined {
  const vpcs = new Set(found.map(({ VpcId }) => VpcId));
  if (vpcs.size <= 1) return undefined;
  return bad(
    setting.name,
    `the subnets are of several VPCs: ${[...vpcs].sort().join(', ')}`,
    setSubnets(setting),
  );
}

/** Resolves to the route for 0.0.0.0/0 of each subnet, by its id: of its own route table, else of the main one. */
export async function defaultRoutes(
  ec2: EC2Client,
  found: readonly Subnet[],
): Promise<ReadonlyMap<string, Route | undefined>> {
  const vpcs = [...new Set(found.flatMap(({ VpcId }) => VpcId ?? []))];
  const input = { Filters: [{ Name: 'vpc-id', Values: vpcs }] };
  const { RouteTables = [] } = await ec2.send(new DescribeRouteTablesCommand(input));
  const associations = RouteTables.flatMap((table) =>
    (table.Associations ?? []).map((association) => ({ ...association, table })),
  );
  const main = associations.find(({ Main }) => Main)?.table;
  const tableOf = ({ SubnetId }: Subnet) =>
    associations.find((association) => association.SubnetId === SubnetId)?.table ?? main;
  return new Map(
    found.map((subnet) => [
      String(subnet.SubnetId),
      tableOf(subnet)?.Routes?.find(({ DestinationCidrBlock }) => DestinationCidrBlock === '0.0.0.0/0'),
    ]),
  );
}

export function isInternetGateway(route: Route | undefined): boolean {
  return route?.GatewayId?.startsWith('igw-') ?? false;
}

/** Resolves to what is wrong when a security group does not exist, or is of another VPC. */
export async function invalidGroups(
  ec2: EC2Client,
  GroupIds: readonly string[],
  found: readonly Subnet[],
  { name, stack }: SubnetSetting,
): Promise<Finding | undefined> {
  if (GroupIds.length === 0) return undefined;
  const fix = `pulumi config rm securityGroups --stack ${stack}`;
  try {
    const command = new DescribeSecurityGroupsCommand({ GroupIds: [...GroupIds] });
    const { SecurityGroups = [] } = await ec2.send(command);
    const foreign = SecurityGroups.filter(({ VpcId }) => VpcId !== found[0]?.VpcId);
    if (foreign.length === 0) return undefined;
    const names = foreign.map(({ GroupId }) => GroupId).join(', ');
    return bad(name, `${names} of another VPC than the subnets'`, fix);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'InvalidGroup.NotFound') throw error;
    return bad(name, `${error.message} (in ${await ec2.config.region()})`, fix);
  }
}

export function zonesOf(found: readonly Subnet[]): string[] {
  return [...new Set(found.flatMap(({ AvailabilityZone }) => AvailabilityZone ?? []))].sort();
}

export function placeOf(found: readonly Subnet[]): string {
  return `${found.length === 1 ? 'one subnet' : `${found.length} subnets`} of ${found[0]?.VpcId ?? 'no VPC'}`;
}
