import * as aws from '@pulumi/aws';
import type { Place } from './arn.ts';
import { PROJECT } from './names.ts';

/**
 * The provider of a stack: its region, its account when one is expected, and the default tags of its resources. The bill
 * can be split by them once they are activated as cost allocation tags.
 */
export function providerFor(
  stack: string,
  { region, accountId }: { readonly region: string; readonly accountId?: string | undefined },
): { readonly provider: aws.Provider; readonly place: Place } {
  const provider = new aws.Provider('aws', {
    region,
    ...(accountId === undefined ? {} : { allowedAccountIds: [accountId] }),
    defaultTags: { tags: { project: PROJECT, environment: stack, 'managed-by': 'pulumi' } },
  });
  const account = aws.getCallerIdentityOutput({}, { provider }).accountId;
  return { provider, place: { account, region } };
}
