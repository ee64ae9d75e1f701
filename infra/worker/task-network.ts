import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { EnvironmentName } from '../names.ts';
import type { EnvironmentSettings } from '../settings/read.ts';

/** The network of the tasks. */
export interface TaskNetwork {
  readonly subnets: readonly string[];
  /** Empty: the default group of the VPC, which allows all outbound traffic and inbound traffic from its own members only. */
  readonly securityGroups: readonly string[];
  /** Tasks in a public subnet reach AWS and the assistant through an address of their own, others through a NAT. */
  readonly hasPublicAddress: boolean;
}

type Chosen = Pick<EnvironmentSettings, 'stack' | 'subnets' | 'securityGroups'>;

/**
 * Resolves to the configured subnets, or those of the account's default VPC. Throws, before anything is created, when there
 * are none or when public and private ones are mixed; the message has the command that fixes it.
 */
export async function taskNetwork(chosen: Chosen, provider: aws.Provider): Promise<TaskNetwork> {
  const { stack, subnets, securityGroups = [] } = chosen;
  if (subnets === undefined) {
    const found = await idsOf([{ name: 'default-for-az', values: ['true'] }], provider);
    if (found.length === 0) throw new pulumi.RunError(noSubnets(stack));
    return { subnets: found, securityGroups, hasPublicAddress: true };
  }
  const isPublic = [
    { name: 'subnet-id', values: [...subnets] },
    { name: 'map-public-ip-on-launch', values: ['true'] },
  ];
  const count = (await idsOf(isPublic, provider)).length;
  if (count > 0 && count < subnets.length) throw new pulumi.RunError(mixedSubnets(stack));
  return { subnets, securityGroups, hasPublicAddress: count > 0 };
}

/** Sorted: AWS lists them in any order, and a changed order would be a change of the service. */
async function idsOf(filters: aws.ec2.GetSubnetsArgs['filters'], provider: aws.Provider): Promise<string[]> {
  try {
    const { ids } = await aws.ec2.getSubnets({ ...(filters && { filters }) }, { provider });
    return ids.toSorted();
  } catch (error) {
    throw new pulumi.RunError(
      `nothing was created, since the subnets of this account cannot be listed (ec2:DescribeSubnets): ${String(error)}`,
    );
  }
}

function noSubnets(stack: EnvironmentName): string {
  return `nothing was created, since this account has no default network for the tasks of the worker. Create one: aws ec2 create-default-vpc. Or name subnets of your own: pulumi config set --path 'subnets[0]' subnet-… --stack ${stack}`;
}

function mixedSubnets(stack: EnvironmentName): string {
  return `nothing was created, since some of the subnets give a public address to what starts in them and some do not: a task without one needs a NAT, a task behind a NAT needs none. Name subnets of one kind: pulumi config set --path 'subnets[0]' subnet-… --stack ${stack}`;
}
