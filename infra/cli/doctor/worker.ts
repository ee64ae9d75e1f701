/** Checks that the worker on Fargate runs. */
import type { EnvironmentName } from '../../names.ts';
import type { Aws } from '../release/aws.ts';
import { type Finding, skipped } from '../release/checks.ts';
import { checkTasks, findTasks } from '../release/worker-tasks.ts';

/** Any running image is good here; a first deployment creates the service. */
export async function checkWorker(aws: Pick<Aws, 'ecs'>, stack: EnvironmentName): Promise<Finding[]> {
  const tasks = await findTasks(aws, stack);
  if (tasks === undefined)
    return [skipped('worker', 'nothing is deployed yet', `npm run deploy -- ${stack}`)];
  return [checkTasks(tasks, stack, tasks.image)];
}
