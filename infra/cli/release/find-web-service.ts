import { CommandError, type Print } from '../../../scripts/command.ts';
import type { EnvironmentName } from '../../names.ts';
import type { Aws } from './aws.ts';
import type { WebService } from './web-service.ts';
import { findOnAppRunner } from './web-service-app-runner.ts';
import { findOnEcs } from './web-service-ecs.ts';

const POLL_MS = 5000;
/** App Runner ends an operation after 20 minutes at most. */
export const MAX_OPERATION_MS = 20 * 60 * 1000;

/** Resolves to the web service of a stack, undefined when there is none yet. */
export function findWebService(
  aws: Aws,
  stack: EnvironmentName,
  compute: WebService['compute'],
): Promise<WebService | undefined> {
  return compute === 'apprunner' ? findOnAppRunner(aws.appRunner, stack) : findOnEcs(aws, stack);
}

export interface WaitOptions {
  readonly aws: Aws;
  readonly stack: EnvironmentName;
  readonly compute: WebService['compute'];
  readonly print: Print;
  readonly now: () => Date;
  readonly pause: (ms: number) => Promise<unknown>;
  /** How long to wait for an operation in progress. */
  readonly waitMs: number;
}

/** Waits for an operation in progress. Resolves to the web service afterwards, or as it is after `waitMs`. */
export async function settledWebService(args: WaitOptions): Promise<WebService | undefined> {
  const { aws, stack, compute, print, now, pause, waitMs } = args;
  const until = now().getTime() + waitMs;
  for (let isPrinted = false; ; isPrinted = true) {
    const webService = await findWebService(aws, stack, compute);
    if (webService === undefined || !webService.changing || now().getTime() >= until) return webService;
    if (!isPrinted) print(`${stack} is being changed; waiting until that has ended`);
    await pause(POLL_MS);
  }
}

/**
 * Resolves to a web service that can be updated, undefined when there is none yet. Throws `CommandError` when AWS would
 * reject an update, before anything is started.
 */
export async function changeableWebService(args: WaitOptions): Promise<WebService | undefined> {
  const webService = await settledWebService(args);
  const { stack } = args;
  if (webService?.status === 'PAUSED') {
    const resume = `aws apprunner resume-service --service-arn ${webService.arn}`;
    throw new CommandError(`${stack} is paused, and a paused service cannot be changed: ${resume}`);
  }
  if (webService?.changing) {
    throw new CommandError(
      `${stack} is still being changed (${webService.status}). Nothing was done: try again when that has ended.`,
    );
  }
  return webService;
}
