import { GetParametersCommand } from '@aws-sdk/client-ssm';
import { CommandError, type Print } from '../../../scripts/command.ts';
import { type EnvironmentName, parametersPath } from '../../names.ts';
import { kebabCase } from '../../variables.ts';
import type { Aws } from './aws.ts';
import { conclude, type Finding, report } from './checks.ts';
import { checkImage, checkLog, checkOperation } from './deployed.ts';
import { settledWebService, type WaitOptions } from './find-web-service.ts';
import { httpClientFor, probe, type Secrets } from './probe.ts';
import { Releases } from './releases.ts';
import type { WorkerKind } from './stack.ts';
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
    report(finding, print);
  };
  add(checkOperation(webService, args.isRollback));
  const image = args.image ?? (await verifiedLast(args));
  add(checkImage(webService, image));
  // The bundle of a Lambda function has no digest that could be compared.
  if (args.worker === 'fargate') add(checkTasks(await settledTasks(args), stack, image));
  await probe(httpClientFor(args.url ?? webService.url), await secretsOf(aws, stack), add);
  const startedAt =
    args.startedAt ?? webService.last?.startedAt ?? new Date(args.now().getTime() - DEFAULT_LOOK_BACK_MS);
  add(await checkLog(aws, webService, args.since === undefined ? { startedAt } : { since: args.since }));
  return conclude(findings, print);
}

/** The same for a URL alone, from outside only. */
export async function verifyUrl(url: string, secrets: Secrets, print: Print): Promise<boolean> {
  return conclude(await probe(httpClientFor(url), secrets, (finding) => report(finding, print)), print);
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

/** Reads the parameters of the service. During a rotation there are several secrets; the first is the current one. */
async function secretsOf(aws: Aws, stack: EnvironmentName): Promise<Secrets> {
  const nameOf = (variable: string) => `${parametersPath(stack)}/${kebabCase(variable)}`;
  const [verifyToken, appSecret] = ['META_WEBHOOK_VERIFY_TOKEN', 'META_APP_SECRET'].map(nameOf);
  const { Parameters = [] } = await aws.ssm.send(
    new GetParametersCommand({ Names: [verifyToken ?? '', appSecret ?? ''], WithDecryption: true }),
  );
  const values = new Map(Parameters.map(({ Name, Value }) => [Name, Value]));
  const [token, secret] = [values.get(verifyToken), values.get(appSecret)?.split(',')[0]];
  return {
    ...(token === undefined ? {} : { verifyToken: token }),
    ...(secret === undefined ? {} : { appSecret: secret }),
  };
}
