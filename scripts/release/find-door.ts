import type { EnvironmentName } from '../../infra/names.ts';
import type { Aws } from './aws.ts';
import type { Door } from './door.ts';
import { findOnAppRunner } from './door-app-runner.ts';
import { findOnEcs } from './door-ecs.ts';

/** The door of a stack; undefined when there is none yet. */
export function findDoor(
  aws: Aws,
  stack: EnvironmentName,
  compute: Door['compute'],
): Promise<Door | undefined> {
  return compute === 'apprunner' ? findOnAppRunner(aws.appRunner, stack) : findOnEcs(aws, stack);
}
