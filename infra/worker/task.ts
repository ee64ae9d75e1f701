import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { starting } from '../ecs-task.ts';
import { type Grant, roleFor } from '../grant.ts';
import { parametersPath, serviceName } from '../names.ts';
import { programLogGroup } from '../telemetry.ts';
import { WORKER_TYPE, type Worker } from '../worker.ts';
import { container, type TaskWorkerArgs } from './task-container.ts';
import { alarms, charts, metricsOf } from './task-monitoring.ts';

/** In units of 1/1024 vCPU, and in MB: Fargate's smallest. A worker waits nearly all of the time. */
const SIZE = { cpu: '256', memory: '512' };

/**
 * The worker as a service of Fargate tasks, paid by the hour whatever it does: the same image as the web service, started
 * as a polling worker. A deployment whose tasks do not stay up is rolled back by ECS, and `pulumi up` fails.
 */
export class TaskWorker extends pulumi.ComponentResource implements Worker {
  readonly logGroup: pulumi.Output<string>;
  readonly alarms: Worker['alarms'];
  readonly charts: Worker['charts'];

  constructor(name: string, args: TaskWorkerArgs, options?: pulumi.ComponentResourceOptions) {
    super(WORKER_TYPE, name, {}, options);
    const logs = programLogGroup(name, 'worker', args, { parent: this });
    const start = this.#startRole(name, args, logs);
    const task = this.#taskRole(name, args);
    const definition = this.#definition(name, args, { logs, start: start.role, task: task.role });
    const cluster = this.#cluster(name, args);
    const service = this.#service(name, args, cluster, definition, [start.rolePolicy, task.rolePolicy]);

    this.logGroup = logs.name;
    const metric = metricsOf(cluster.name, service.name);
    this.alarms = alarms(metric);
    this.charts = charts(metric);
    this.registerOutputs({ task: runningTask(definition.arn, service.taskDefinition) });
  }

  /** ECS assumes it before the container runs, for the image, the variables and the log. */
  #startRole(name: string, args: TaskWorkerArgs, logs: aws.cloudwatch.LogGroup) {
    return this.#role(`${name}-start`, args, {
      description: `ECS starts the worker with it and reads ${parametersPath(args.environment)}`,
      grants: [args.reading, starting(args.repositoryArn, logs)],
    });
  }

  #taskRole(name: string, args: TaskWorkerArgs) {
    return this.#role(`${name}-task`, args, {
      description: 'Permissions of the worker of ansari-whatsapp',
      grants: args.grants,
    });
  }

  #role(
    name: string,
    args: TaskWorkerArgs,
    role: { readonly description: string; readonly grants: readonly Grant[] },
  ) {
    return roleFor(
      name,
      {
        ...role,
        name: `${serviceName(args.environment)}-${name}`,
        service: 'ecs-tasks.amazonaws.com',
        sourceAccount: args.place.account,
        boundary: args.boundaryArn,
      },
      { parent: this },
    );
  }

  #definition(
    name: string,
    args: TaskWorkerArgs,
    made: { logs: aws.cloudwatch.LogGroup; start: aws.iam.Role; task: aws.iam.Role },
  ): aws.ecs.TaskDefinition {
    return new aws.ecs.TaskDefinition(
      name,
      {
        family: `${serviceName(args.environment)}-worker`,
        ...SIZE,
        networkMode: 'awsvpc',
        requiresCompatibilities: ['FARGATE'],
        // The image is built for it, since App Runner runs nothing else.
        runtimePlatform: { cpuArchitecture: 'X86_64', operatingSystemFamily: 'LINUX' },
        executionRoleArn: made.start.arn,
        taskRoleArn: made.task.arn,
        containerDefinitions: pulumi.jsonStringify([container(args, made.logs.name)]),
      },
      { parent: this },
    );
  }

  /**
   * The environment has a cluster of its own, so that permissions can name its tasks only. A cluster costs nothing.
   */
  #cluster(name: string, args: TaskWorkerArgs): aws.ecs.Cluster {
    return new aws.ecs.Cluster(name, { name: serviceName(args.environment) }, { parent: this });
  }

  #service(
    name: string,
    args: TaskWorkerArgs,
    cluster: aws.ecs.Cluster,
    definition: aws.ecs.TaskDefinition,
    permissions: readonly pulumi.Resource[],
  ): aws.ecs.Service {
    const { subnets, securityGroups, hasPublicAddress } = args.network;
    return new aws.ecs.Service(
      name,
      {
        name: `${serviceName(args.environment)}-worker`,
        cluster: cluster.arn,
        taskDefinition: definition.arn,
        launchType: 'FARGATE',
        desiredCount: args.tasks,
        // New tasks stand beside the old ones until they are healthy; a conversation is leased by one of them.
        deploymentMinimumHealthyPercent: 100,
        deploymentMaximumPercent: 200,
        deploymentCircuitBreaker: { enable: true, rollback: true },
        networkConfiguration: {
          subnets: [...subnets],
          securityGroups: [...securityGroups],
          assignPublicIp: hasPublicAddress,
        },
        propagateTags: 'SERVICE',
        waitForSteadyState: true,
      },
      // Without their permissions tasks cannot be started, nor a service ended.
      { parent: this, dependsOn: [...permissions] },
    );
  }
}

/** Resolves to the running task definition. Throws `RunError` when ECS rolled back to the previous one; a preview knows neither. */
function runningTask(
  requested: pulumi.Input<string>,
  running: pulumi.Input<string | undefined>,
): pulumi.Output<string> {
  return pulumi.all([requested, running]).apply(([wanted, deployed = wanted]) => {
    const wrong = taskMismatch(wanted, deployed);
    if (wrong !== undefined && !pulumi.runtime.isDryRun()) throw new pulumi.RunError(wrong);
    return deployed;
  });
}

/** Returns an error message when other tasks run than were requested. */
export function taskMismatch(requested: string, deployed: string): string | undefined {
  const revision = (arn: string) => arn.slice(arn.lastIndexOf('/') + 1);
  if (revision(requested) === revision(deployed)) return undefined;
  return `the worker still runs ${revision(deployed)}, not ${revision(requested)}: its new tasks did not stay up and were rolled back. Its log says why`;
}
