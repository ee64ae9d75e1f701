/** `npm run doctor -- <stack>`: lists what a deployment still needs, each with the command that provides it. */

import { Interrupted, runCommand, type Say, sentenceOf } from '../../scripts/command.ts';
import { environmentOf } from '../../scripts/environment.ts';
import { type EnvironmentName, PROJECT } from '../names.ts';
import { notPassable } from '../settings/passable.ts';
import { checkAccount, checkAppRunner, checkParameters } from './doctor/account.ts';
import { checkConcurrency } from './doctor/concurrency.ts';
import { checkEcsRoles } from './doctor/ecs-roles.ts';
import { checkGitHub } from './doctor/github.ts';
import { checkMachine } from './doctor/machine.ts';
import { metaSide } from './doctor/meta-of-stack.ts';
import { mongoSide } from './doctor/mongodb-of-stack.ts';
import { callsOfNextUp } from './doctor/next-up.ts';
import { checkReleases } from './doctor/releases.ts';
import { checkRights } from './doctor/rights.ts';
import { readSharedOutputs } from './doctor/shared-outputs.ts';
import { checkAlarms, checkSettings, checkState } from './doctor/stack.ts';
import { checkWebService } from './doctor/web-service.ts';
import { checkWorker } from './doctor/worker.ts';
import { readConfiguration } from './plan/stack-file.ts';
import { type Aws, accountId } from './release/aws.ts';
import { bad, conclude, type Finding, report, skipped } from './release/checks.ts';
import { findWebService } from './release/find-web-service.ts';
import { awsOf, computeOf, sharedStackOf, workerOf } from './release/stack.ts';
import type { WebService } from './release/web-service.ts';

const HELP = `Usage: npm run doctor -- <stack>

Checks everything that a deployment needs, changes nothing, and prints each finding with the command that fixes it:
tools and versions, account and region, App Runner or the network and roles of ECS Express Mode, Lambda's quota, the state
of Pulumi, the rights of the deploy role, every variable of the stack, Meta's token, number, webhook and subscription, with
BUSINESSES=mongodb the database and its businesses, and the environments and variables of the repository in GitHub.

  <stack>    staging or production
  --help     this text

Exit codes: 0 ready, 1 something has to be fixed, 2 wrong usage.`;

await runCommand({
  name: 'doctor',
  help: HELP,
  // Doctor changes nothing in any case.
  options: { 'dry-run': { type: 'boolean', default: false } },
  mostWords: 1,
  run: ({ words: [stack], say }) => doctor(environmentOf(stack), say),
});

async function doctor(stack: EnvironmentName, say: Say): Promise<number> {
  const findings: Finding[] = [];
  const note = (found: readonly Finding[]) => {
    for (const finding of found) report(finding, say);
    findings.push(...found);
  };
  const { config, encrypted, missing } = readConfiguration(stack);
  const of = (key: string) => config[`ansari-whatsapp:${key}`];

  note(await checkMachine());
  const aws = awsOf(stack);
  const account = await checkAccount(aws, of('accountId'));
  note([account]);
  const compute = computeOf(stack);
  const isBad = (wanted: string) =>
    findings.some(({ name, outcome }) => name === wanted && outcome === 'bad');
  const known = !isBad('account');
  if (known && compute === 'apprunner') note([await checkAppRunner(aws, stack)]);
  if (known && compute === 'ecs-express') note(await attempt('ecs', () => expressSide(aws, stack, of)));
  if (known) note(await attempt('private network', () => privateSide(aws, stack, of)));
  if (known && of('worker') !== 'fargate') {
    const limit = of('workerConcurrency');
    note(await attempt('lambda', async () => [await checkConcurrency(aws, stack, limit)]));
  }
  const reached = known && !isBad('app runner');
  let webService: WebService | undefined;
  if (reached) {
    const look = async () => {
      webService = await findWebService(aws, stack, compute);
      return [checkWebService(stack, webService)];
    };
    note(await attempt('service', look));
    note(await attempt('rollback', async () => [await checkReleases(aws, stack, webService?.image)]));
  }
  if (reached && workerOf(stack) === 'fargate') note(await attempt('worker', () => checkWorker(aws, stack)));
  const hasPulumi = !isBad('pulumi');
  if (hasPulumi) note(await attempt('state', () => checkState(stack)));
  if (hasPulumi && known) note(await attempt('rights', () => rightsSide(aws, stack, compute, of)));
  note(checkSettings(stack));
  note([checkAlarms(stack)]);
  const encryptedNames = encrypted.map((key) => key.replace('ansari-whatsapp:', ''));
  const secrets = encryptedNames.filter((name) => !missing.includes(name));
  if (reached)
    note(await attempt('parameters', async () => [await checkParameters(aws, stack, webService, secrets)]));
  const side = { stack, environment: of('environment'), missing, secrets, hasPulumi };
  note(await attempt('mongodb', () => mongoSide(side)));
  note(await attempt('meta', () => metaSide(side, webService)));
  const shared = readConfiguration(sharedStackOf(stack)).config;
  const wanted = {
    AWS_ACCOUNT_ID: of('accountId'),
    PULUMI_STATE_BUCKET: shared['ansari-whatsapp:stateBucket'],
  };
  note(await attempt('github', () => checkGitHub(stack, shared['ansari-whatsapp:github'], wanted)));
  return conclude(findings, say) ? 0 : 1;
}

/** What ECS Express Mode needs in an account before the first service. */
async function expressSide(
  { region }: Aws,
  stack: EnvironmentName,
  of: (key: string) => string | undefined,
): Promise<Finding[]> {
  // Loaded on demand: EC2's client is larger than all others together.
  const { checkNetwork } = await import('./doctor/network.ts');
  const access = { region };
  const network = { stack, subnets: of('subnets'), securityGroups: of('securityGroups'), access };
  return [await checkEcsRoles(access), await checkNetwork(network)];
}

/** Nothing for a stack whose programs call out from addresses of AWS's. */
async function privateSide(
  { region }: Aws,
  stack: EnvironmentName,
  of: (key: string) => string | undefined,
): Promise<Finding[]> {
  const privateSubnets = of('privateSubnets');
  if (privateSubnets === undefined) return [];
  const { checkPrivateNetwork } = await import('./doctor/private-network.ts');
  const securityGroups = of('securityGroups');
  return [await checkPrivateNetwork({ stack, privateSubnets, securityGroups, access: { region } })];
}

/** A check that fails becomes a finding, so that the other checks still run. */
async function attempt(name: string, look: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    return [bad(name, `cannot be checked: ${sentenceOf(error)}`, 'Fix that, and run doctor again.')];
  }
}

/** The permissions of a deployment from GitHub, and the roles that it may pass on. */
async function rightsSide(
  aws: Aws,
  stack: EnvironmentName,
  compute: string,
  of: (key: string) => string | undefined,
): Promise<Finding[]> {
  const sharedStack = sharedStackOf(stack);
  const shared = await readSharedOutputs(sharedStack);
  if (shared === undefined)
    return [skipped('rights', `the stack ${sharedStack} is not up yet`, `pulumi up --stack ${sharedStack}`)];
  const given = { instanceRoleArn: of('instanceRoleArn'), accessRoleArn: of('accessRoleArn') };
  const roles = notPassable(given, shared.passableRoleArns, sharedStack).map(({ message, fix }) =>
    bad('roles', message, fix),
  );
  const account = await accountId(aws);
  const calls = callsOfNextUp({
    stack,
    compute,
    worker: workerOf(stack),
    account,
    given,
    keyArn: shared.keyArns[stack],
  });
  const name = `deploy-${stack}`;
  const role = shared.deployRoleArns[name] ?? `arn:aws:iam::${account}:role/${PROJECT}-${name}`;
  return [...roles, await checkRights(aws.iam, role, calls, sharedStack)];
}
