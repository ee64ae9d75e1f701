import { PutRetentionPolicyCommand, paginateDescribeLogGroups } from '@aws-sdk/client-cloudwatch-logs';
import { isRefused, messageOf, type Print } from '../../../scripts/command.ts';
import { type EnvironmentName, serviceName } from '../../names.ts';
import type { Aws } from './aws.ts';

/**
 * Sets the retention of the log groups that App Runner created for a stack. App Runner creates one without retention for
 * each service, and leaves it when the service is deleted; those groups are set too. Idempotent. Errors are printed only:
 * they do not affect what is deployed.
 */
export async function setLogRetention(
  { logs }: Pick<Aws, 'logs'>,
  stack: EnvironmentName,
  retentionInDays: number,
  print: Print,
): Promise<void> {
  const logGroupNamePrefix = `/aws/apprunner/${serviceName(stack)}/`;
  try {
    for await (const { logGroups = [] } of paginateDescribeLogGroups(
      { client: logs },
      { logGroupNamePrefix },
    )) {
      for (const { logGroupName, retentionInDays: now } of logGroups) {
        if (logGroupName === undefined || now === retentionInDays) continue;
        await logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays }));
        print(`${logGroupName} is kept for ${retentionInDays} days`);
      }
    }
  } catch (error) {
    const why = isRefused(error) ? 'logs:DescribeLogGroups, logs:PutRetentionPolicy' : messageOf(error);
    print(`could not set the retention of ${logGroupNamePrefix}*: ${why}`);
  }
}
