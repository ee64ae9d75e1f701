/** What CloudWatch Logs refuses and moto does not: a metric filter of a log group that is absent. */
import { CloudWatchLogsClient, paginateDescribeLogGroups } from '@aws-sdk/client-cloudwatch-logs';
import * as z from 'zod';

const REQUEST = z.object({ logGroupName: z.string() });
const REFUSAL = { __type: 'ResourceNotFoundException', message: 'The specified log group does not exist.' };

/** Returns the body of CloudWatch's refusal; undefined for any other call, and when the group exists. */
export async function refusedFilter(
  endpoint: string,
  target: unknown,
  body: string,
): Promise<string | undefined> {
  if (target !== 'Logs_20140328.PutMetricFilter') return undefined;
  const { logGroupName } = REQUEST.parse(JSON.parse(body));
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new CloudWatchLogsClient({ region: 'us-west-2', endpoint, credentials });
  for await (const { logGroups = [] } of paginateDescribeLogGroups(
    { client },
    { logGroupNamePrefix: logGroupName },
  )) {
    if (logGroups.some((group) => group.logGroupName === logGroupName)) return undefined;
  }
  return JSON.stringify(REFUSAL);
}
