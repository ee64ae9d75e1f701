/** How many invocations Lambda allows to the account, against how many the worker may use. */
import { GetAccountSettingsCommand } from '@aws-sdk/client-lambda';
import { concurrencyOf, ENVIRONMENT_KEYS } from '../../settings/environment.ts';
import type { Aws } from '../release/aws.ts';
import { bad, type Finding, good } from '../release/checks.ts';

/** "Concurrent executions" of Lambda (Service Quotas). New accounts may begin with 10 (Lambda developer guide). */
const QUOTA = 'L-B99A9384';
/** Invocations beside those for the queue: the sweep. */
const SWEEPS = 1;

/**
 * Reports an account whose quota the worker would use up: then the sweep is throttled whenever many people write, and the
 * alarm for throttled invocations fires in normal operation.
 */
export async function checkConcurrency(
  aws: Pick<Aws, 'lambda' | 'region'>,
  stack: string,
  workerConcurrency: string | undefined,
): Promise<Finding> {
  const { AccountLimit } = await aws.lambda.send(new GetAccountSettingsCommand({}));
  const { ConcurrentExecutions: quota = 0, UnreservedConcurrentExecutions: free = quota } =
    AccountLimit ?? {};
  const configured = ENVIRONMENT_KEYS.shape.workerConcurrency.safeParse(workerConcurrency);
  // The settings report a value that is not a number.
  const wanted = concurrencyOf({ worker: 'lambda', workerConcurrency: configured.data }) + SWEEPS;
  const has = `${free} of ${quota} invocations at a time are free`;
  if (free >= wanted) return good('lambda', `${has}, the worker uses at most ${wanted}`);
  const request = `aws service-quotas request-service-quota-increase --service-code lambda --quota-code ${QUOTA} --desired-value 1000 --region ${aws.region}`;
  const reduce = `pulumi config set workerConcurrency ${free - SWEEPS} --stack ${stack}`;
  // SQS allows no maximum concurrency below 2.
  const fix = free - SWEEPS < 2 ? request : `${request}\nor: ${reduce}`;
  return bad('lambda', `${has}, and the worker with its sweep needs ${wanted} (quota ${QUOTA})`, fix);
}
