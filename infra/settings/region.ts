/** Where a stack can live. */
import * as z from 'zod';

/**
 * Regions of the partition `aws`, which the ARNs of the program name: the pattern of botocore's `endpoints.json`. China,
 * GovCloud and the isolated regions are partitions of their own.
 */
export const regionName = z
  .string()
  .regex(
    /^(us|eu|ap|sa|ca|me|af|il|mx)-[a-z]+-\d$/,
    'must be a region such as us-west-2; regions of China and GovCloud are not supported',
  );

/** Regions with App Runner (AWS General Reference, "AWS App Runner endpoints and quotas"). */
export const APP_RUNNER_REGIONS: readonly string[] = [
  'ap-northeast-1',
  'ap-south-1',
  'ap-southeast-1',
  'ap-southeast-2',
  'eu-central-1',
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  'us-east-1',
  'us-east-2',
  'us-west-2',
];
