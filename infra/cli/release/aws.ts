import { AppRunnerClient } from '@aws-sdk/client-apprunner';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { ECRClient } from '@aws-sdk/client-ecr';
import { ECSClient } from '@aws-sdk/client-ecs';
import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { CommandError } from '../../../scripts/command.ts';
import { DEFAULT_REGION, PROJECT } from '../../names.ts';

export interface Access {
  /** By default that of Pulumi.yaml. */
  readonly region?: string;
  /** The repository of the images in ECR. */
  readonly repositoryName?: string;
  /** Instead of AWS, for tests; otherwise `AWS_ENDPOINT_URL` as the SDK reads it. */
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/**
 * Short time-outs, so that an unreachable endpoint ends in an error message. The SDK tries three times; without the last
 * flag a request that takes too long only causes a warning, and never ends.
 */
export const TIMEOUTS = { connectionTimeout: 5_000, requestTimeout: 10_000, throwOnRequestTimeout: true };

/** The AWS clients of the release commands, in the region of a stack. */
export interface Aws {
  readonly region: string;
  readonly repositoryName: string;
  readonly appRunner: AppRunnerClient;
  readonly ecr: ECRClient;
  readonly ecs: ECSClient;
  readonly iam: IAMClient;
  readonly lambda: LambdaClient;
  readonly logs: CloudWatchLogsClient;
  readonly ssm: SSMClient;
  readonly sts: STSClient;
}

export function openAws(access: Access = {}): Aws {
  const { region = DEFAULT_REGION, repositoryName = PROJECT, ...rest } = access;
  const options = { region, requestHandler: TIMEOUTS, ...rest };
  return {
    region,
    repositoryName,
    appRunner: new AppRunnerClient(options),
    ecr: new ECRClient(options),
    ecs: new ECSClient(options),
    iam: new IAMClient(options),
    lambda: new LambdaClient(options),
    logs: new CloudWatchLogsClient(options),
    ssm: new SSMClient(options),
    sts: new STSClient(options),
  };
}

/** The twelve digits of the account that the credentials belong to. */
export async function accountId(aws: Pick<Aws, 'sts'>): Promise<string> {
  const { Account } = await aws.sts.send(new GetCallerIdentityCommand({}));
  if (Account === undefined) throw new CommandError('AWS returned no account id');
  return Account;
}
