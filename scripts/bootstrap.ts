/** `npm run bootstrap`: once per account, what has to be there before Pulumi can work. */
import { IAMClient } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { ENVIRONMENTS, PROJECT, SHARED_STACK } from '../infra/names.ts';
import { stateBucket } from './bootstrap/bucket.ts';
import { keyArn, stateKey } from './bootstrap/key.ts';
import { githubProvider } from './bootstrap/oidc-provider.ts';
import { environment, idsOf, personId, variable } from './bootstrap/repository.ts';
import { login, setting, stack } from './bootstrap/stacks.ts';
import { runSteps, type Step } from './bootstrap/step.ts';
import { runCommand, type Say } from './command.ts';
import { readConfiguration } from './plan/stack-file.ts';
import { accountId, openAws, PATIENCE } from './release/aws.ts';
import { regionOf } from './release/stack.ts';
import { hasTool } from './release/tools.ts';

const HELP = `Usage: npm run bootstrap [-- options]

Makes what an AWS account needs once, before the first deployment: the bucket of Pulumi's state, a key for the secrets
of each stack, and the stacks; with gh also the environments and variables of the repository. An OIDC provider of
GitHub's that the account has already is used by the stack shared. What is there is left as it is, so it can be run
again. It writes into the Pulumi.*.yaml files: commit them.

  --repository <owner/name>   (else what Pulumi.shared.yaml says)
  --reviewer <login>          who approves production, may be given several times (else whoever is logged in to gh)
  --skip-github               leave GitHub alone
  --dry-run                   say what is there and what would be made
  --help                      this text

Exit codes: 0 all is there, 1 something could not be made, 2 wrong call.`;

const NEXT = `
Next:
  git add Pulumi.*.yaml && git commit -m 'Name the account'
  pulumi up --stack shared
  npm run doctor -- staging        names every variable and secret to set
  npm run deploy -- staging`;

await runCommand({
  name: 'bootstrap',
  help: HELP,
  options: {
    repository: { type: 'string' },
    reviewer: { type: 'string', multiple: true, default: [] },
    'skip-github': { type: 'boolean', default: false },
    'dry-run': { type: 'boolean', default: false },
  },
  mostWords: 0,
  run: ({ values, say }) => bootstrap(values, say),
});

interface Options {
  readonly region: string;
  readonly requestHandler: typeof PATIENCE;
}

interface Wishes {
  readonly repository?: string | undefined;
  readonly reviewer: readonly string[];
  readonly 'skip-github': boolean;
  readonly 'dry-run': boolean;
}

async function bootstrap(values: Wishes, say: Say): Promise<number> {
  const repository = values.repository ?? readConfiguration('shared').config[`${PROJECT}:github`];
  const region = regionOf(SHARED_STACK);
  const account = await accountId(openAws({ region }));
  const options = { region, requestHandler: PATIENCE };
  const bucket = `${PROJECT}-state-${account}`;
  const run = (steps: readonly Step[]) => runSteps(steps, { say, dryRun: values['dry-run'] });

  say(`account ${account}, ${region}\n`);
  await run(ofAccount(account, bucket, options));
  await run(await githubProvider(new IAMClient(options), say));
  if (values['skip-github'] || repository === undefined || !(await hasTool('gh'))) {
    say('skipped GitHub: --skip-github, no repository, or gh is not on PATH');
  } else await run(await ofRepository(repository, account, bucket, values.reviewer));
  say(NEXT);
  return 0;
}

function ofAccount(account: string, bucket: string, options: Options): Step[] {
  const { region } = options;
  const s3 = new S3Client(options);
  const kms = new KMSClient(options);
  const stacks = ['shared', ...ENVIRONMENTS];
  return [
    stateBucket(s3, bucket, region),
    ...stacks.map((name) => stateKey(kms, name)),
    login(bucket, region),
    ...stacks.map((name) => stack(name, region)),
    ...stacks.map((name) => setting(name, 'accountId', async () => account)),
    setting('shared', 'stateBucket', async () => bucket),
    setting('shared', 'stateKeyArn', () => keyArn(kms, 'shared')),
    ...ENVIRONMENTS.map((name) => setting('shared', `${name}StateKeyArn`, () => keyArn(kms, name))),
  ];
}

async function ofRepository(
  repository: string,
  account: string,
  bucket: string,
  reviewers: readonly string[],
): Promise<Step[]> {
  const ids = await idsOf(repository);
  const people =
    reviewers.length === 0 ? [await personId()] : await Promise.all(reviewers.map((name) => personId(name)));
  return [
    setting('shared', 'github', async () => repository),
    setting('shared', 'githubOwnerId', async () => ids.owner),
    setting('shared', 'githubRepositoryId', async () => ids.repository),
    variable(repository, 'AWS_ACCOUNT_ID', account),
    variable(repository, 'PULUMI_STATE_BUCKET', bucket),
    ...ENVIRONMENTS.map((name) => environment(repository, name, people)),
  ];
}
