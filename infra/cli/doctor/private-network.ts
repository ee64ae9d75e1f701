/** The subnets from which the programs call out, as far as EC2 describes them. */
import { EC2Client, type Subnet } from '@aws-sdk/client-ec2';
import { isRefused } from '../../../scripts/command.ts';
import { DEFAULT_REGION, type EnvironmentName } from '../../names.ts';
import { ENVIRONMENT_KEYS } from '../../settings/environment.ts';
import { type Access, TIMEOUTS } from '../release/aws.ts';
import { bad, type Finding, good, skipped, warning } from '../release/checks.ts';
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

const { privateSubnets: SUBNETS, securityGroups: SECURITY_GROUPS } = ENVIRONMENT_KEYS.shape;

export interface PrivateNetworkArgs {
  readonly stack: EnvironmentName;
  /** The keys of the stack as they are configured, JSON. */
  readonly privateSubnets: string;
  readonly securityGroups?: string | undefined;
  readonly access?: Access;
}

/** Checks that App Runner, Lambda and tasks reach the internet from there. Throws what EC2 throws. */
export async function checkPrivateNetwork(args: PrivateNetworkArgs): Promise<Finding> {
  const subnets = SUBNETS.safeParse(args.privateSubnets);
  const groups = SECURITY_GROUPS.safeParse(args.securityGroups);
  const setting: SubnetSetting = { name: 'private network', key: 'privateSubnets', stack: args.stack };
  if (!subnets.success || subnets.data === undefined || !groups.success)
    return skipped(setting.name, 'its settings have to be fixed first');
  const ec2 = new EC2Client({ region: DEFAULT_REGION, requestHandler: TIMEOUTS, ...args.access });
  try {
    const found = await describedSubnets(ec2, setting, subnets.data);
    if (!Array.isArray(found)) return found;
    return (
      severalVpcs(found, setting) ??
      (await withoutInternet(ec2, found, setting)) ??
      (await invalidGroups(ec2, groups.data ?? [], found, setting)) ??
      placed(found, setting)
    );
  } catch (error) {
    if (isRefused(error)) return skipped(setting.name, `not allowed: ${PERMISSIONS}`);
    throw error;
  } finally {
    ec2.destroy();
  }
}

/** Behind an internet gateway only what has a public address is reached back, and these programs have none. */
async function withoutInternet(
  ec2: EC2Client,
  found: readonly Subnet[],
  setting: SubnetSetting,
): Promise<Finding | undefined> {
  const routes = [...(await defaultRoutes(ec2, found))];
  const open = routes.filter(([, route]) => isInternetGateway(route)).map(([id]) => id);
  const closed = routes.filter(([, route]) => route === undefined).map(([id]) => id);
  const wrong = [
    ...(open.length > 0
      ? [`${open.join(', ')} lead to an internet gateway, and the programs have no public address`]
      : []),
    ...(closed.length > 0 ? [`${closed.join(', ')} lead nowhere`] : []),
  ];
  if (wrong.length === 0) return undefined;
  const fix = `Let 0.0.0.0/0 of their route table lead to a NAT gateway, or name others:\n${setSubnets(setting)}`;
  return bad(setting.name, `${wrong.join('; ')}: Meta and the assistant could not be reached`, fix);
}

function placed(found: readonly Subnet[], setting: SubnetSetting): Finding {
  const zones = zonesOf(found);
  const message = `${placeOf(found)} in ${zones.join(', ')}`;
  return zones.length > 1
    ? good(setting.name, message)
    : warning(setting.name, `${message} alone, so it fails with that Availability Zone`, setSubnets(setting));
}
