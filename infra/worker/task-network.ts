import type * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { EnvironmentName } from '../names.ts';
import type { PrivateNetwork } from '../private-network.ts';
import type { EnvironmentSettings } from '../settings/read.ts';
import { defaultSubnets, publicAmong } from '../subnets.ts';

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
 * Resolves to the private network when there is one, else to the configured subnets, else to those of the account's default
 * VPC. Throws, before anything is created, when there are none or when public and private ones are mixed; the message has the
 * command that fixes it.
 */
export async function taskNetwork(
  chosen: Chosen,
  privateNetwork: PrivateNetwork | undefined,
  provider: aws.Provider,
): Promise<TaskNetwork> {
  if (privateNetwork !== undefined) return { ...privateNetwork, hasPublicAddress: false };
  const { stack, subnets, securityGroups = [] } = chosen;
  if (subnets === undefined) {
    const found = await defaultSubnets(provider);
    if (found.length === 0) throw new pulumi.RunError(noSubnets(stack));
    return { subnets: found, securityGroups, hasPublicAddress: true };
  }
  const count = (await publicAmong(subnets, provider)).length;
  if (count > 0 && count < subnets.length) throw new pulumi.RunError(mixedSubnets(stack));
  return { subnets, securityGroups, hasPublicAddress: count > 0 };
}

function noSubnets(stack: EnvironmentName): string {
  return `nothing was created, since this account has no default network for the tasks of the worker. Create one: aws ec2 create-default-vpc. Or name subnets of your own: pulumi config set --path 'subnets[0]' subnet-… --stack ${stack}`;
}

function mixedSubnets(stack: EnvironmentName): string {
  return `nothing was created, since some of the subnets give a public address to what starts in them and some do not: a task without one needs a NAT, a task behind a NAT needs none. Name subnets of one kind: pulumi config set --path 'subnets[0]' subnet-… --stack ${stack}`;
}
