import { resolve } from 'node:path';
import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { arnOf } from '../arn.ts';
import { type Grant, roleFor } from '../grant.ts';
import { serviceName } from '../names.ts';
import type { Reading } from '../parameters.ts';
import type { PrivateNetwork } from '../private-network.ts';
import { namingStatements } from '../secret-references.ts';
import { parameterReference } from '../settings/secret-reference.ts';
import { programLogGroup, WRITE_TRACES, writeLog } from '../telemetry.ts';
import { kebabCase } from '../variables.ts';
import { WORKER_TYPE, type Worker, type WorkerArgs } from '../worker.ts';
import { alarms, charts } from './lambda-monitoring.ts';
import { joinNetworkGrant } from './lambda-network.ts';

/** The time-out of one invocation: an assistant may take minutes. Lambda's own limit is 900. */
export const WORKER_TIMEOUT_SECONDS = 600;
/**
 * One conversation for each invocation: `concurrency` then limits the concurrent requests to the assistant, and an
 * invocation that is killed delays no other conversation. Without a batching window, which would delay every reply, a batch
 * would seldom have more than one message.
 */
const BATCH_SIZE = 1;
const MEMORY_MB = 512;

export interface LambdaWorkerArgs extends WorkerArgs {
  /** The folder of the bundle, absolute; its `index` exports `handler`. */
  readonly bundle: string;
  readonly queueArn: pulumi.Input<string>;
  readonly tracing: boolean;
  /** Absent: none, and the internet is reached from addresses of Lambda's. */
  readonly network?: PrivateNetwork;
}

/**
 * The worker as a Lambda function, paid by the second that it works or waits. Only failed wake-ups return to the queue; a
 * schedule invokes the sweep every minute.
 */
export class LambdaWorker extends pulumi.ComponentResource implements Worker {
  readonly logGroup: pulumi.Output<string>;
  readonly alarms: Worker['alarms'];
  readonly charts: Worker['charts'];

  constructor(name: string, args: LambdaWorkerArgs, options?: pulumi.ComponentResourceOptions) {
    super(WORKER_TYPE, name, {}, options);
    const logs = programLogGroup(name, 'worker', args, { parent: this });
    const role = this.#role(name, args, logs);
    const worker = this.#function(name, args, role, logs);
    this.#wakeUps(name, args, worker);
    this.#sweep(name, args, worker);
    this.logGroup = logs.name;
    this.alarms = alarms(worker.name);
    this.charts = charts(worker.name);
    this.registerOutputs({ functionName: worker.name });
  }

  #role(name: string, args: LambdaWorkerArgs, logs: aws.cloudwatch.LogGroup) {
    const running: Grant = {
      variables: {},
      statements: [writeLog(logs), ...(args.tracing ? [WRITE_TRACES] : [])],
    };
    const names = Object.values(args.reading.parameters).map(({ name }) => name);
    const naming: Grant = { variables: {}, statements: namingStatements(names, args.place) };
    const functionName = `${serviceName(args.environment)}-worker`;
    const joining = args.network === undefined ? [] : [joinNetworkGrant(args.place, functionName)];
    return roleFor(
      name,
      {
        name: functionName,
        description: 'Permissions of the worker of ansari-whatsapp',
        service: 'lambda.amazonaws.com',
        boundary: args.boundaryArn,
        grants: [...args.grants, args.reading, naming, running, ...joining],
      },
      { parent: this },
    );
  }

  #function(
    name: string,
    args: LambdaWorkerArgs,
    { role, rolePolicy }: { role: aws.iam.Role; rolePolicy: aws.iam.RolePolicy },
    logs: aws.cloudwatch.LogGroup,
  ): aws.lambda.Function {
    return new aws.lambda.Function(
      name,
      {
        name: `${serviceName(args.environment)}-worker`,
        description: 'Works on the conversations of ansari-whatsapp',
        runtime: 'nodejs24.x',
        architectures: ['arm64'],
        handler: 'index.handler',
        code: new pulumi.asset.FileArchive(args.bundle),
        role: role.arn,
        memorySize: MEMORY_MB,
        timeout: WORKER_TIMEOUT_SECONDS,
        environment: { variables: { ...args.reading.variables, ...references(args.reading) } },
        // As text, since the application writes its own JSON lines and the alarms read their fields.
        loggingConfig: { logFormat: 'Text', logGroup: logs.name },
        ...(args.network === undefined ? {} : { vpcConfig: vpcConfigOf(args.network) }),
        tracingConfig: { mode: args.tracing ? 'Active' : 'PassThrough' },
      },
      { parent: this, dependsOn: [rolePolicy] },
    );
  }

  #wakeUps(name: string, args: LambdaWorkerArgs, worker: aws.lambda.Function): void {
    new aws.lambda.EventSourceMapping(
      name,
      {
        eventSourceArn: args.queueArn,
        functionName: worker.arn,
        batchSize: BATCH_SIZE,
        functionResponseTypes: ['ReportBatchItemFailures'],
        scalingConfig: { maximumConcurrency: args.concurrency },
      },
      { parent: this },
    );
  }

  /** One every minute, so a sweep that failed or was throttled is not repeated. */
  #sweep(name: string, args: WorkerArgs, worker: aws.lambda.Function): void {
    const ruleName = `${serviceName(args.environment)}-sweep`;
    new aws.lambda.FunctionEventInvokeConfig(
      `${name}-sweep`,
      { functionName: worker.name, maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 },
      { parent: this },
    );
    const rule = new aws.cloudwatch.EventRule(
      `${name}-sweep`,
      {
        name: ruleName,
        description: 'Finds work whose wake-up was lost',
        scheduleExpression: 'rate(1 minute)',
      },
      { parent: this },
    );
    const permission = new aws.lambda.Permission(
      `${name}-sweep`,
      {
        action: 'lambda:InvokeFunction',
        function: worker.name,
        principal: 'events.amazonaws.com',
        sourceArn: arnOf(args.place, 'events', `rule/${ruleName}`),
      },
      { parent: this },
    );
    new aws.cloudwatch.EventTarget(
      `${name}-sweep`,
      { rule: rule.name, arn: worker.arn },
      { parent: this, dependsOn: [permission] },
    );
  }
}

function vpcConfigOf({ subnets, securityGroups }: PrivateNetwork) {
  return { subnetIds: [...subnets], securityGroupIds: [...securityGroups] };
}

/** What Lambda allows to all variables of a function, as JSON (Lambda developer guide, "Lambda quotas"). */
const MAX_VARIABLES_BYTES = 4_096;
/** Room for `CONFIG_REVISION`, whose value is not known yet. */
const OTHER_VARIABLES_BYTES = 64;

/**
 * Lambda has no variables from Parameter Store, so the value of a variable is a reference: `ssm:` and the parameter's name.
 * The worker reads the parameters once, at its cold start. Where the names do not fit, references have none, and the path is
 * in a variable of its own. Workers from before that form read the long one only, so a rollback to one needs it.
 */
function references(reading: Pick<Reading, 'parameters' | 'path'>): Record<string, string> {
  const named = Object.entries(reading.parameters).map(([variable, { name, jsonKey }]) => [
    variable,
    parameterReference(name, jsonKey),
  ]);
  const long = Object.fromEntries(named);
  if (JSON.stringify(long).length + OTHER_VARIABLES_BYTES <= MAX_VARIABLES_BYTES) return long;
  const short = named.map(([variable = '', reference = '']) => [
    variable,
    reference === parameterReference(`${reading.path}/${kebabCase(variable)}`) ? 'ssm:' : reference,
  ]);
  return { PARAMETERS_PATH: reading.path, ...Object.fromEntries(short) };
}

/** The bundle's folder as the program sees it, wherever Pulumi was started. */
export function bundleFolder(project: string, bundle: string): string {
  return resolve(project, bundle);
}
