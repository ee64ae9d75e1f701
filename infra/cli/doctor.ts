/** `npm run doctor -- <stack>`: lists what a deployment still needs, each with the command that provides it. */

import { Interrupted, messageOf, type Print, runCommand } from '../../scripts/command.ts';
import { environmentOf } from '../../scripts/environment.ts';
import { type EnvironmentName, PROJECT } from '../names.ts';
import { notPassable } from '../settings/passable.ts';
import { notAllowed } from '../settings/secret-reference.ts';
import { checkAccount, checkAppRunner, checkParameters } from './doctor/account.ts';
import { checkConcurrency } from './doctor/concurrency.ts';
import { checkEcsRoles } from './doctor/ecs-roles.ts';
import { checkGitHub } from './doctor/github.ts';
import { checkMachine } from './doctor/machine.ts';
import { checkMetaOfStack } from './doctor/meta-of-stack.ts';
import { checkMongoDbOfStack } from './doctor/mongodb-of-stack.ts';
import { callsOfNextUpdate } from './doctor/next-update.ts';
import { checkOpenAiOfStack } from './doctor/openai.ts';
import { referencedArns } from './doctor/referenced-arns.ts';
import { checkReleases } from './doctor/releases.ts';
import { checkRights } from './doctor/rights.ts';
import { UnreadableSecret } from './doctor/secret-of.ts';
import { readSharedOutputs } from './doctor/shared-outputs.ts';
import { checkAlarms, checkSettings, checkState } from './doctor/stack.ts';
import { checkTwilioOfStack } from './doctor/twilio-of-stack.ts';
import { checkWebService } from './doctor/web-service.ts';
import { checkWorker } from './doctor/worker.ts';
import { readConfiguration } from './plan/stack-file.ts';
import { type Aws, accountId } from './release/aws.ts';
import { bad, concludeAs, type Finding, report, skipped } from './release/checks.ts';
import { findWebService } from './release/find-web-service.ts';
import { awsOf, computeOf, sharedStackOf, workerOf } from './release/stack.ts';
import type { WebService } from './release/web-service.ts';

const HELP = `Usage: npm run doctor -- <stack>

Checks everything that a deployment needs, changes nothing, and prints each finding with the command that fixes it:
tools and versions, account and region, App Runner or the network and roles of ECS Express Mode, Lambda's quota, the state
of Pulumi, the rights of the deploy role, every variable of the stack, Meta's token, number, webhook and subscription, with
BUSINESSES=mongodb the database and its businesses, with Twilio its account, sender and webhook, with ASSISTANT=openai the key
and the model, and the environments and variables of the repository in GitHub.

  <stack>    staging or production
  --json     print one JSON object when every check has run, instead of lines
  --help     this text

Exit codes: 0 ready, 1 something has to be fixed, 2 wrong usage.`;

await runCommand({
  name: 'doctor',
  help: HELP,
  // Doctor changes nothing in any case.
  options: { 'dry-run': { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
  maxArgs: 1,
  run: ({ values, args: [stack], print }) => doctor(environmentOf(stack), values.json, print),
});

async function doctor(stack: EnvironmentName, json: boolean, print: Print): Promise<number> {
  const findings: Finding[] = [];
  const add = (found: readonly Finding[]) => {
    if (!json) for (const finding of found) report(finding, print);
    findings.push(...found);
  };
  const { config, encrypted, missing } = readConfiguration(stack);
  const configValue = (key: string) => config[`ansari-whatsapp:${key}`];

  add(await checkMachine());
  const aws = awsOf(stack);
  const account = await checkAccount(aws, configValue('accountId'));
  add([account]);
  const compute = computeOf(stack);
  const isBad = (wanted: string) =>
    findings.some(({ name, outcome }) => name === wanted && outcome === 'bad');
  const hasAccount = !isBad('account');
  if (hasAccount && compute === 'apprunner') add([await checkAppRunner(aws, stack)]);
  if (hasAccount && compute === 'ecs-express')
    add(await attempt('ecs', () => checkEcsExpress(aws, stack, configValue)));
  if (hasAccount) add(await attempt('private network', () => checkPrivateSubnets(aws, stack, configValue)));
  if (hasAccount && configValue('worker') !== 'fargate') {
    const limit = configValue('workerConcurrency');
    add(await attempt('lambda', async () => [await checkConcurrency(aws, stack, limit)]));
  }
  const canUseCompute = hasAccount && !isBad('app runner');
  let webService: WebService | undefined;
  if (canUseCompute) {
    const check = async () => {
      webService = await findWebService(aws, stack, compute);
      return [checkWebService(stack, webService)];
    };
    add(await attempt('service', check));
    add(await attempt('rollback', async () => [await checkReleases(aws, stack, webService?.image)]));
  }
  if (canUseCompute && workerOf(stack) === 'fargate')
    add(await attempt('worker', () => checkWorker(aws, stack)));
  const hasPulumi = !isBad('pulumi');
  if (hasPulumi) add(await attempt('state', () => checkState(stack)));
  if (hasPulumi && hasAccount)
    add(await attempt('rights', () => checkDeployRole(aws, stack, compute, configValue)));
  add(checkSettings(stack));
  add([checkAlarms(stack)]);
  const encryptedNames = encrypted.map((key) => key.replace('ansari-whatsapp:', ''));
  const secrets = encryptedNames.filter((name) => !missing.includes(name));
  if (canUseCompute)
    add(await attempt('parameters', async () => [await checkParameters(aws, stack, webService, secrets)]));
  const stackConfig = { stack, environment: configValue('environment'), missing, secrets, hasPulumi };
  add(await attempt('mongodb', () => checkMongoDbOfStack(stackConfig)));
  add(await attempt('meta', () => checkMetaOfStack(stackConfig, webService)));
  add(await attempt('twilio', () => checkTwilioOfStack(stackConfig, configValue('domain'), webService)));
  add(await attempt('openai', () => checkOpenAiOfStack(stackConfig)));
  const shared = readConfiguration(sharedStackOf(stack)).config;
  const wanted = {
    AWS_ACCOUNT_ID: configValue('accountId'),
    PULUMI_STATE_BUCKET: shared['ansari-whatsapp:stateBucket'],
  };
  add(await attempt('github', () => checkGitHub(stack, shared['ansari-whatsapp:github'], wanted)));
  return concludeAs({ json, about: { stack } }, findings, print) ? 0 : 1;
}

/** What ECS Express Mode needs in an account before the first service. */
async function checkEcsExpress(
  { region }: Aws,
  stack: EnvironmentName,
  configValue: (key: string) => string | undefined,
): Promise<Finding[]> {
  // Loaded on demand: EC2's client is larger than all others together.
  const { checkNetwork } = await import('./doctor/network.ts');
  const access = { region };
  const network = {
    stack,
    subnets: configValue('subnets'),
    securityGroups: configValue('securityGroups'),
    access,
  };
  return [await checkEcsRoles(access), await checkNetwork(network)];
}

/** Resolves to no findings for a stack without private subnets. */
async function checkPrivateSubnets(
  { region }: Aws,
  stack: EnvironmentName,
  configValue: (key: string) => string | undefined,
): Promise<Finding[]> {
  const privateSubnets = configValue('privateSubnets');
  if (privateSubnets === undefined) return [];
  const { checkPrivateNetwork } = await import('./doctor/private-network.ts');
  const securityGroups = configValue('securityGroups');
  return [await checkPrivateNetwork({ stack, privateSubnets, securityGroups, access: { region } })];
}

const READ_SECRETS = 'Use credentials that may read the secrets of secretReferences, and run doctor again.';

/** A check that fails becomes a finding, so that the other checks still run. */
async function attempt(name: string, check: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await check();
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    // Whoever deploys need not be allowed to read the secrets of the stack.
    if (error instanceof UnreadableSecret) return [skipped(name, error.message, READ_SECRETS)];
    return [bad(name, `cannot be checked: ${messageOf(error)}`, 'Fix that, and run doctor again.')];
  }
}

/** The permissions of a deployment from GitHub, and the roles that it may pass on. */
async function checkDeployRole(
  aws: Aws,
  stack: EnvironmentName,
  compute: string,
  configValue: (key: string) => string | undefined,
): Promise<Finding[]> {
  const sharedStack = sharedStackOf(stack);
  const shared = await readSharedOutputs(sharedStack);
  if (shared === undefined)
    return [skipped('rights', `the stack ${sharedStack} is not up yet`, `pulumi up --stack ${sharedStack}`)];
  const existingRoles = {
    instanceRoleArn: configValue('instanceRoleArn'),
    accessRoleArn: configValue('accessRoleArn'),
  };
  const roles = notPassable(existingRoles, shared.passableRoleArns, sharedStack).map(({ message, fix }) =>
    bad('roles', message, fix),
  );
  const secrets = notAllowed(
    { stack, arns: referencedArns(configValue, aws.region) },
    shared.secretArns[stack] ?? [],
    sharedStack,
  ).map(({ message, fix }) => bad('secrets', message, fix));
  const account = await accountId(aws);
  const calls = callsOfNextUpdate({
    stack,
    compute,
    worker: workerOf(stack),
    account,
    existingRoles,
    keyArn: shared.keyArns[stack],
  });
  const name = `deploy-${stack}`;
  const role = shared.deployRoleArns[name] ?? `arn:aws:iam::${account}:role/${PROJECT}-${name}`;
  return [...roles, ...secrets, await checkRights(aws.iam, role, calls, sharedStack)];
}
