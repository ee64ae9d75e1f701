/** `npm run bootstrap`: creates, once per account, what Pulumi needs before its first update. */
import { IAMClient } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { type Print, runCommand } from '../../scripts/command.ts';
import { environmentOf } from '../../scripts/environment.ts';
import { ENVIRONMENTS, type EnvironmentName, PROJECT, SHARED_STACK } from '../names.ts';
import { stateBucket } from './bootstrap/bucket.ts';
import { serviceLinkedRoles } from './bootstrap/ecs-role.ts';
import { keyArn, stateKey } from './bootstrap/key.ts';
import { githubProvider } from './bootstrap/oidc-provider.ts';
import { environment, identityOf, userId, variable } from './bootstrap/repository.ts';
import { login, setting, stack } from './bootstrap/stacks.ts';
import { runSteps, type Step } from './bootstrap/step.ts';
import { expectedEnvironments } from './github/environment.ts';
import { readConfiguration } from './plan/stack-file.ts';
import { accountId, openAws, TIMEOUTS } from './release/aws.ts';
import { regionOf } from './release/stack.ts';
import { hasTool } from './release/tools.ts';

const HELP = `Usage: npm run bootstrap [-- options]

Creates what an AWS account needs once, before the first deployment: the bucket of Pulumi's state, a key for the secrets
of each stack, the stacks, and the service-linked roles of AWS; with gh also the environments and variables of the
repository. When the account has an OIDC provider of GitHub already, the stack shared uses that one. Idempotent: existing
resources are left as they are. One exception: other branches that may use an environment of GitHub are removed from it,
and listed. It writes into the Pulumi.*.yaml files: commit them.

  --repository <owner/name>   (default: as in Pulumi.shared.yaml)
  --reviewer <login>          approves production; repeatable (default: the user that gh is logged in as)
  --environments <name>       the environment of this account, where staging and production have an account each. Its
                              stack shared is then called shared-<name>, and the variables end with the name
  --skip-github               do not touch GitHub
  --dry-run                   print what exists and what would be created
  --help                      this text

Exit codes: 0 everything exists, 1 something could not be created, 2 wrong usage.`;

const next = ({ shared, environments: [first = 'staging'] }: Account) => `
Next:
  git add Pulumi.*.yaml && git commit -m 'Name the account'
  pulumi up --stack ${shared}
  npm run doctor -- ${first}        lists every variable and secret to set
  npm run deploy -- ${first}`;

await runCommand({
  name: 'bootstrap',
  help: HELP,
  options: {
    repository: { type: 'string' },
    reviewer: { type: 'string', multiple: true, default: [] },
    environments: { type: 'string' },
    'skip-github': { type: 'boolean', default: false },
    'dry-run': { type: 'boolean', default: false },
  },
  maxArgs: 0,
  run: ({ values, print }) => bootstrap(values, print),
});

interface Options {
  readonly region: string;
  readonly requestHandler: typeof TIMEOUTS;
}

interface Flags {
  readonly repository?: string | undefined;
  readonly reviewer: readonly string[];
  readonly environments?: string | undefined;
  readonly 'skip-github': boolean;
  readonly 'dry-run': boolean;
}

/** The account, and the stacks in it. */
interface Account {
  readonly id: string;
  readonly region: string;
  readonly bucket: string;
  readonly environments: readonly EnvironmentName[];
  /** The stack of the resources that an account has once. */
  readonly shared: string;
  /** Suffix of the GitHub variables of its environments. */
  readonly suffix: string;
}

async function bootstrap(values: Flags, print: Print): Promise<number> {
  const only = values.environments === undefined ? undefined : environmentOf(values.environments);
  const shared = only === undefined ? SHARED_STACK : `${SHARED_STACK}-${only}`;
  const repository =
    values.repository ??
    [shared, SHARED_STACK]
      .map((name) => readConfiguration(name).config[`${PROJECT}:github`])
      .find((name) => name !== undefined);
  const region = regionOf(shared);
  const id = await accountId(openAws({ region }));
  const options = { region, requestHandler: TIMEOUTS };
  const account: Account = {
    id,
    region,
    bucket: `${PROJECT}-state-${id}`,
    environments: only === undefined ? ENVIRONMENTS : [only],
    shared,
    suffix: only === undefined ? '' : `_${only.toUpperCase()}`,
  };
  const run = (steps: readonly Step[]) => runSteps(steps, { print, dryRun: values['dry-run'] });

  print(`account ${id}, ${region}\n`);
  const iam = new IAMClient(options);
  await run([...ofAccount(account, options), ...serviceLinkedRoles(iam)]);
  await run(await githubProvider(iam, print, shared));
  if (values['skip-github'] || repository === undefined || !(await hasTool('gh'))) {
    print('skipped GitHub: --skip-github, no repository, or gh is not on PATH');
  } else await run(await ofRepository(repository, account, values.reviewer));
  print(next(account));
  return 0;
}

function ofAccount({ id, region, bucket, environments, shared, suffix }: Account, options: Options): Step[] {
  const s3 = new S3Client(options);
  const kms = new KMSClient(options);
  const stacks = [shared, ...environments];
  return [
    stateBucket(s3, bucket, region),
    ...stacks.map((name) => stateKey(kms, name)),
    login(bucket, region),
    ...stacks.map((name) => stack(name, region)),
    ...stacks.map((name) => setting(name, 'accountId', async () => id)),
    setting(shared, 'stateBucket', async () => bucket),
    setting(shared, 'stateKeyArn', () => keyArn(kms, shared)),
    ...environments.map((name) => setting(shared, `${name}StateKeyArn`, () => keyArn(kms, name))),
    ...(suffix === ''
      ? []
      : [
          setting(shared, 'environments', async () => JSON.stringify(environments)),
          ...environments.map((name) => setting(name, 'sharedStack', async () => shared)),
        ]),
  ];
}

async function ofRepository(
  repository: string,
  { id, region, bucket, environments, shared, suffix }: Account,
  reviewers: readonly string[],
): Promise<Step[]> {
  const identity = await identityOf(repository);
  const images = readConfiguration(shared).config[`${PROJECT}:repositoryName`];
  const reviewerIds =
    reviewers.length === 0 ? [await userId()] : await Promise.all(reviewers.map((name) => userId(name)));
  return [
    setting(shared, 'github', async () => repository),
    setting(shared, 'githubOwnerId', async () => identity.owner),
    setting(shared, 'githubRepositoryId', async () => identity.repository),
    // Before the variables: GitHub creates a missing environment that a job names, without protection rules; and no job
    // assumes a role before the variable with the account exists.
    ...environments
      .flatMap((name) => expectedEnvironments(name, identity.defaultBranch))
      .map((expected) => environment(repository, expected, reviewerIds)),
    variable(repository, `AWS_ACCOUNT_ID${suffix}`, id),
    variable(repository, `PULUMI_STATE_BUCKET${suffix}`, bucket),
    variable(repository, `AWS_REGION${suffix}`, region),
    ...(images === undefined ? [] : [variable(repository, `ECR_REPOSITORY${suffix}`, images)]),
  ];
}
