import type * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { SUBNETS_EXAMPLE } from './settings/network.ts';
import type { EnvironmentSettings } from './settings/read.ts';
import { publicAmong } from './subnets.ts';

/**
 * Subnets from which the programs call out: what only a VPC reaches is reachable from there, and the internet sees the
 * addresses of its NAT.
 */
export interface PrivateNetwork {
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
}

type Chosen = Pick<EnvironmentSettings, 'stack' | 'privateSubnets' | 'securityGroups'>;

/**
 * Resolves to the configured private network; undefined when there is none. Rejects with `RunError`, before anything is
 * created, for subnets that give public addresses: App Runner and Lambda get none there, and would reach nothing
 * (AWS Lambda developer guide, "Internet access for VPC-connected functions").
 */
export async function privateNetwork(
  { stack, privateSubnets, securityGroups = [] }: Chosen,
  provider: aws.Provider,
): Promise<PrivateNetwork | undefined> {
  if (privateSubnets === undefined) return undefined;
  const open = await publicAmong(privateSubnets, provider);
  if (open.length > 0) {
    throw new pulumi.RunError(
      `nothing was created, since ${open.join(', ')} of privateSubnets give public addresses, which App Runner and Lambda do not get: nothing would be reached from there. Name subnets whose route to the internet is a NAT: pulumi config set privateSubnets ${SUBNETS_EXAMPLE} --stack ${stack}`,
    );
  }
  return { subnets: privateSubnets, securityGroups };
}
