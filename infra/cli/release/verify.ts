import { CommandError, type Print } from '../../../scripts/command.ts';
import { conclude, type Finding, report } from './checks.ts';
import { checkImage, checkLog, checkOperation } from './deployed.ts';
import { settledWebService, type WaitOptions } from './find-web-service.ts';
import { httpClientFor } from './http-client-for.ts';
import { PLATFORM_VARIABLES, platformsOf } from './platforms-of.ts';
import { type Platforms, probe } from './probe.ts';
import { Releases } from './releases.ts';
import type { WorkerKind } from './stack.ts';
import { stackVariables } from './stack-parameters.ts';
import { verifiedExcept } from './verdicts.ts';
import type { WebService } from './web-service.ts';
import { checkTasks, settledTasks } from './worker-tasks.ts';

export interface VerifyStack extends WaitOptions {
  readonly worker: WorkerKind;
  /** The image that should run. Default: the one that was verified last in the stack. */
  readonly image?: string;
  /** Start of the deployment to verify. Default: start of the last operation. */
  readonly startedAt?: Date;
  /** Check the log from this time on, older instances included. */
  readonly since?: Date;
  /** What is verified is a rollback. */
  readonly isRollback?: boolean;
  /** Called with each finding, besides printing it. */
  readonly onFinding?: (finding: Finding) => void;
  /** Base URL to use instead of the web service's own. */
  readonly url?: string;
}

const DEFAULT_LOOK_BACK_MS = 15 * 60 * 1000;

/** Checks a deployed stack in AWS and from outside, as the platforms see it. Resolves to true when every check passes. */
export async function verifyStack(args: VerifyStack): Promise<boolean> {
  const { aws, stack, print } = args;
  const webService = await deployedWebService(args);
  print(`${stack} is ${args.url ?? webService.url} (${webService.compute})\n`);
  const findings: Finding[] = [];
  const add = (finding: Finding) => {
    findings.push(finding);
    args.onFinding?.(finding);
    report(finding, print);
  };
  add(checkOperation(webService, args.isRollback));
  const image = args.image ?? (await verifiedLast(args));
  add(checkImage(webService, image));
  // The bundle of a Lambda function has no digest that could be compared.
  if (args.worker === 'fargate') add(checkTasks(await settledTasks(args), stack, image));
  const url = args.url ?? webService.url;
  const variables = await stackVariables(stack, PLATFORM_VARIABLES, aws.ssm, print);
  await probe(httpClientFor(url), platformsOf(variables, url), add);
  const startedAt =
    args.startedAt ?? webService.last?.startedAt ?? new Date(args.now().getTime() - DEFAULT_LOOK_BACK_MS);
  add(await checkLog(aws, webService, args.since === undefined ? { startedAt } : { since: args.since }));
  return conclude(findings, print);
}

/** The same for a URL alone, from outside only. */
export async function verifyUrl(
  url: string,
  platforms: Platforms,
  print: Print,
  onFinding?: (finding: Finding) => void,
): Promise<boolean> {
  const add = (finding: Finding) => {
    onFinding?.(finding);
    report(finding, print);
  };
  return conclude(await probe(httpClientFor(url), platforms, add), print);
}

async function deployedWebService(args: VerifyStack): Promise<WebService> {
  const webService = await settledWebService(args);
  if (webService !== undefined) return webService;
  const { stack, compute } = args;
  throw new CommandError(
    `There is no service of ${stack} on ${compute} in this account: npm run deploy -- ${stack}`,
  );
}

/** The digest that should run unless the caller names one. */
async function verifiedLast({ aws, stack, print }: VerifyStack): Promise<string | undefined> {
  const { releases, problem } = await new Releases(aws.ssm, stack).read();
  if (problem !== undefined) print(problem);
  return verifiedExcept(releases, undefined)[0]?.digest;
}
