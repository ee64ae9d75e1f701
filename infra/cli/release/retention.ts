import { PutRetentionPolicyCommand, paginateDescribeLogGroups } from '@aws-sdk/client-cloudwatch-logs';
import { isRefused, type Say, sentenceOf } from '../../../scripts/command.ts';
import { type EnvironmentName, serviceName } from '../../names.ts';
import type { Aws } from './aws.ts';

/**
 * Gives the log groups that App Runner made for a stack an end. It makes them itself, without one, for each service
 * anew, and leaves them when the service goes; those of services that are gone get their end here too. A group that has
 * this retention already is left alone. What goes wrong is said and fails nothing: what is deployed runs all the same.
 */
export async function setLogRetention(
  { logs }: Pick<Aws, 'logs'>,
  stack: EnvironmentName,
  retentionInDays: number,
  say: Say,
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
        say(`${logGroupName} is kept for ${retentionInDays} days`);
      }
    }
  } catch (error) {
    const why = isRefused(error) ? 'logs:DescribeLogGroups, logs:PutRetentionPolicy' : sentenceOf(error);
    say(`could not end the logs of ${logGroupNamePrefix}: ${why}`);
  }
}
