import { Plain, type Say } from '../../../scripts/command.ts';
import type { EnvironmentName } from '../../names.ts';
import type { Aws } from './aws.ts';
import type { Door } from './door.ts';
import { findOnAppRunner } from './door-app-runner.ts';
import { findOnEcs } from './door-ecs.ts';

const POLL_MS = 5000;
/** App Runner gives an operation up after 20 minutes at most. */
export const LONGEST_OPERATION_MS = 20 * 60 * 1000;

/** The door of a stack; undefined when there is none yet. */
export function findDoor(
  aws: Aws,
  stack: EnvironmentName,
  compute: Door['compute'],
): Promise<Door | undefined> {
  return compute === 'apprunner' ? findOnAppRunner(aws.appRunner, stack) : findOnEcs(aws, stack);
}

export interface Waiting {
  readonly aws: Aws;
  readonly stack: EnvironmentName;
  readonly compute: Door['compute'];
  readonly say: Say;
  readonly now: () => Date;
  readonly pause: (ms: number) => Promise<unknown>;
  /** How long an operation under way is waited for. */
  readonly waitMs: number;
}

/** The door once nothing is being changed about it, or as it is when the time is over. */
export async function settledDoor(args: Waiting): Promise<Door | undefined> {
  const { aws, stack, compute, say, now, pause, waitMs } = args;
  const until = now().getTime() + waitMs;
  for (let told = false; ; told = true) {
    const door = await findDoor(aws, stack, compute);
    if (door === undefined || !door.changing || now().getTime() >= until) return door;
    if (!told) say(`${stack} is being changed; waiting for the end of it`);
    await pause(POLL_MS);
  }
}

/**
 * The same, of which a change can be asked; undefined when there is none yet. Throws `Plain` where AWS would refuse after
 * a while, so that nothing is begun.
 */
export async function changeableDoor(args: Waiting): Promise<Door | undefined> {
  const door = await settledDoor(args);
  const { stack } = args;
  if (door?.status === 'PAUSED') {
    const resume = `aws apprunner resume-service --service-arn ${door.arn}`;
    throw new Plain(`${stack} is paused, and a paused service cannot be changed: ${resume}`);
  }
  if (door?.changing) {
    throw new Plain(
      `${stack} is still being changed (${door.status}). Nothing was done: try again when that has ended.`,
    );
  }
  return door;
}
