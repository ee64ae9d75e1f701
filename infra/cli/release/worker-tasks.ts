/** The worker on Fargate, as ECS describes it. */
import {
  ClusterNotFoundException,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import { type EnvironmentName, PROJECT, serviceName } from '../../names.ts';
import { imageMismatch } from '../../web-service.ts';
import type { Aws } from './aws.ts';
import { bad, type Finding, good, skipped } from './checks.ts';
import type { WaitOptions } from './find-web-service.ts';

export interface Tasks {
  /** The reference that the newest tasks run. */
  readonly image: string;
  readonly running: number;
  readonly desired: number;
  /** Older tasks are still there, or newer ones not yet. */
  readonly changing: boolean;
  /** ECS marked the newest deployment as failed. */
  readonly failed: boolean;
}

const POLL_MS = 5_000;

/** Resolves to the tasks of a stack's worker, undefined when there is no such service. */
export async function findTasks(
  { ecs }: Pick<Aws, 'ecs'>,
  stack: EnvironmentName,
): Promise<Tasks | undefined> {
  const cluster = serviceName(stack);
  const service = await describe({ ecs }, cluster);
  if (service === undefined) return undefined;
  const { deployments = [], runningCount: running = 0, desiredCount: desired = 0 } = service;
  const newest = deployments.find(({ status }) => status === 'PRIMARY');
  const { taskDefinition } = await ecs.send(
    new DescribeTaskDefinitionCommand({ taskDefinition: newest?.taskDefinition ?? service.taskDefinition }),
  );
  return {
    image: taskDefinition?.containerDefinitions?.[0]?.image ?? 'no image',
    running,
    desired,
    changing: deployments.length > 1 || running !== desired,
    failed: newest?.rolloutState === 'FAILED',
  };
}

async function describe({ ecs }: Pick<Aws, 'ecs'>, cluster: string) {
  try {
    const command = new DescribeServicesCommand({ cluster, services: [`${cluster}-worker`] });
    const { services = [] } = await ecs.send(command);
    return services.find(({ status }) => status === 'ACTIVE');
  } catch (error) {
    if (error instanceof ClusterNotFoundException) return undefined;
    throw error;
  }
}

/** Waits for a deployment in progress. Resolves to the tasks afterwards, or as they are after `waitMs`. */
export async function settledTasks(args: Omit<WaitOptions, 'compute'>): Promise<Tasks | undefined> {
  const { aws, stack, print, now, pause, waitMs } = args;
  const until = now().getTime() + waitMs;
  for (let isPrinted = false; ; isPrinted = true) {
    const tasks = await findTasks(aws, stack);
    if (tasks === undefined || !tasks.changing || tasks.failed || now().getTime() >= until) return tasks;
    if (!isPrinted) print(`the tasks of the worker are being changed; waiting until that has ended`);
    await pause(POLL_MS);
  }
}

/** `requested`: the image that should run, if the caller named one. */
export function checkTasks(
  tasks: Tasks | undefined,
  stack: EnvironmentName,
  requested: string | undefined,
): Finding {
  const tail = `aws logs tail /${PROJECT}/${stack}/worker --since 1h`;
  if (tasks === undefined)
    return bad('worker', 'there is no service of the worker', `npm run deploy -- ${stack}`);
  const { image, running, desired, changing, failed } = tasks;
  const count = `${running} of ${desired} tasks run`;
  if (failed) return bad('worker', `${count}: the newest ones did not stay up`, tail);
  if (desired === 0) return bad('worker', 'it is scaled to no task', `pulumi up --refresh --stack ${stack}`);
  if (changing) return bad('worker', `${count}, and they are still being changed`, tail);
  if (requested === undefined) return skipped('worker', `${count} ${image}; no image was requested`);
  return imageMismatch(requested, image) === undefined
    ? good('worker', `${count} ${image}`)
    : bad('worker', `${count} ${image}, not ${requested}`, tail);
}
