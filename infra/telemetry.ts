/** Logs and traces of the two programs of an environment. */
import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { Statement } from './grant.ts';
import { type EnvironmentName, PROJECT } from './names.ts';

/** X-Ray has no resources to name. */
export const WRITE_TRACES: Statement = {
  Sid: 'WriteTraces',
  Action: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
  Resource: '*',
};

/** The log group of a program: `/ansari-whatsapp/<environment>/<program>`. */
export function programLogGroup(
  name: string,
  program: 'web' | 'worker',
  args: { readonly environment: EnvironmentName; readonly logRetentionDays: number },
  options: pulumi.CustomResourceOptions,
): aws.cloudwatch.LogGroup {
  return new aws.cloudwatch.LogGroup(
    name,
    { name: `/${PROJECT}/${args.environment}/${program}`, retentionInDays: args.logRetentionDays },
    options,
  );
}

export function writeLog(logs: aws.cloudwatch.LogGroup): Statement {
  return {
    Sid: 'WriteLog',
    Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    Resource: pulumi.interpolate`${logs.arn}:*`,
  };
}
