import { Plain, type Say } from '../../../scripts/command.ts';
import type { EnvironmentName } from '../../names.ts';
import type { Aws } from './aws.ts';
import type { WebService } from './web-service.ts';
import { findOnAppRunner } from './web-service-app-runner.ts';
import { findOnEcs } from './web-service-ecs.ts';

const POLL_MS = 5000;
/** App Runner gives an operation up after 20 minutes at most. */
export const MAX_OPERATION_MS = 20 * 60 * 1000;

/** The web service of a stack; undefined when there is none yet. */
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
  readonly say: Say;
  readonly now: () => Date;
  readonly pause: (ms: number) => Promise<unknown>;
  /** How long an operation under way is waited for. */
  readonly waitMs: number;
}

/** The web service once nothing is being changed about it, or as it is when the time is over. */
export async function settledWebService(args: WaitOptions): Promise<WebService | undefined> {
  const { aws, stack, compute, say, now, pause, waitMs } = args;
  const until = now().getTime() + waitMs;
  for (let told = false; ; told = true) {
    const webService = await findWebService(aws, stack, compute);
    if (webService === undefined || !webService.changing || now().getTime() >= until) return webService;
    if (!told) say(`${stack} is being changed; waiting for the end of it`);
    await pause(POLL_MS);
  }
}

/**
 * The same, of which a change can be asked; undefined when there is none yet. Throws `Plain` where AWS would refuse after
 * a while, so that nothing is begun.
 */
export async function changeableWebService(args: WaitOptions): Promise<WebService | undefined> {
  const webService = await settledWebService(args);
  const { stack } = args;
  if (webService?.status === 'PAUSED') {
    const resume = `aws apprunner resume-service --service-arn ${webService.arn}`;
    throw new Plain(`${stack} is paused, and a paused service cannot be changed: ${resume}`);
  }
  if (webService?.changing) {
    throw new Plain(
      `${stack} is still being changed (${webService.status}). Nothing was done: try again when that has ended.`,
    );
  }
  return webService;
}
