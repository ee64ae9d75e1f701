/** Log groups that AWS creates by itself, and only once something has been logged. */
import { setTimeout as sleep } from 'node:timers/promises';
import * as pulumi from '@pulumi/pulumi';

const MAX_ATTEMPTS = 5;
const PAUSE_MS = 1_000;

/**
 * Resolves to the name of a log group once the group exists: an update creates it unless it is there.
 *
 * App Runner creates its log group with the first line that is logged (apprunner-roadmap, issue 184), and CloudWatch
 * refuses a metric filter of a group that is absent. A `LogGroup` resource cannot stand in for this: the name holds the
 * id of the service, and once that is known App Runner may create the group at any moment, which makes the creation of
 * the resource fail. Nothing is recorded in the state: every update looks again, also after the service was replaced, and
 * the group stays when the service goes, as the groups of App Runner do. A preview creates nothing.
 */
export function ensuredLogGroup(name: pulumi.Input<string>, region: string): pulumi.Output<string> {
  return pulumi.output(name).apply(async (logGroupName) => {
    if (!pulumi.runtime.isDryRun()) await createLogGroup({ region, logGroupName, pause: sleep });
    return logGroupName;
  });
}

export interface LogGroupArgs {
  readonly region: string;
  readonly logGroupName: string;
  readonly pause: (ms: number) => Promise<unknown>;
  /** Instead of AWS, for tests; otherwise what the SDK reads from the environment, as the provider does. */
  readonly access?: {
    readonly endpoint: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
}

/** Creates a log group unless it exists. Idempotent. Throws `RunError` with the group and the permission it needs. */
export async function createLogGroup({ region, logGroupName, pause, access }: LogGroupArgs): Promise<void> {
  // Loaded when it is needed: a plan and a preview create nothing.
  const logs = await import('@aws-sdk/client-cloudwatch-logs');
  const client = new logs.CloudWatchLogsClient({ region, ...access });
  const create = async () => {
    try {
      await client.send(new logs.CreateLogGroupCommand({ logGroupName }));
    } catch (error) {
      if (!(error instanceof logs.ResourceAlreadyExistsException)) throw error;
    }
  };
  for (let attempt = 1; ; attempt++) {
    try {
      return await create();
    } catch (error) {
      // App Runner is creating the same group at this moment.
      const conflict = error instanceof logs.OperationAbortedException;
      if (!conflict || attempt === MAX_ATTEMPTS) throw refusal(logGroupName, error);
      await pause(PAUSE_MS);
    }
  }
}

function refusal(logGroupName: string, cause: unknown): pulumi.RunError {
  const why = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  return new pulumi.RunError(
    `the log group ${logGroupName} could not be created (logs:CreateLogGroup): ${why}`,
  );
}
