/** What the account says about subnets, before anything is created. */
import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';

/** Resolves to the ids of the account's default network. Rejects with `RunError` when they cannot be listed. */
export function defaultSubnets(provider: aws.Provider): Promise<readonly string[]> {
  return idsOf([{ name: 'default-for-az', values: ['true'] }], provider);
}

/** Resolves to those that give a public address to what starts in them. Rejects with `RunError` as above. */
export function publicAmong(subnets: readonly string[], provider: aws.Provider): Promise<readonly string[]> {
  const filters = [
    { name: 'subnet-id', values: [...subnets] },
    { name: 'map-public-ip-on-launch', values: ['true'] },
  ];
  return idsOf(filters, provider);
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
