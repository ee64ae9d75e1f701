/** `npm run deploy -- <stack>`: deploys what is committed and verifies it; rolls back when that fails. */
import { CommandError, type Print, runCommand } from '../../scripts/command.ts';
import { environmentOf } from '../../scripts/environment.ts';
import type { EnvironmentName } from '../names.ts';
import { checkSettings } from './doctor/stack.ts';
import { ROOT } from './plan/root.ts';
import type { Aws } from './release/aws.ts';
import { imageOfCheckout } from './release/build-image.ts';
import { report } from './release/checks.ts';
import { deployImage, type Outcome } from './release/deploy.ts';
import { findWebService } from './release/find-web-service.ts';
import { ensurePulumi, runUpdate } from './release/pulumi.ts';
import { digestOf, referenceIn } from './release/registry.ts';
import { openRelease, type Release } from './release/release.ts';
import { Releases } from './release/releases.ts';
import { reportToGitHub } from './release/report-to-github.ts';
import { setLogRetention } from './release/retention.ts';
import { commitOfCheckout, sourceOfImage } from './release/source.ts';
import { logRetentionOf } from './release/stack.ts';
import { mustRun } from './release/tools.ts';
import { verifiedExcept } from './release/verdicts.ts';

const HELP = `Usage: npm run deploy -- <stack> [options]

Builds the image of this checkout and pushes it, unless the same sources were built before; builds the worker's bundle,
unless the worker runs the image; runs pulumi up; verifies the deployment. When that fails, deploys the image that ran
well before, and verifies it.

  <stack>              staging or production
  --image <digest>     deploy this image instead of building: sha256:…, or a full reference
  --dry-run            show what pulumi up would change, and do nothing
  --help               this text

Exit codes: 0 deployed and verified; 1 not deployed: rolled back, or nothing was changed; 2 wrong usage; 3 the rollback
failed too: an operator has to act (docs/runbook.md).`;

const SENTENCES: Readonly<Record<Outcome, string>> = {
  deployed: 'is deployed and verified',
  unchanged: 'was refused before anything changed',
  'rolled back': 'failed: the image that ran well before runs again',
  broken: 'failed, and so did the rollback: see "Rollback" in docs/runbook.md',
};
const EXIT_CODES: Readonly<Record<Outcome, number>> = {
  deployed: 0,
  unchanged: 1,
  'rolled back': 1,
  broken: 3,
};

await runCommand({
  name: 'deploy',
  help: HELP,
  options: { image: { type: 'string' }, 'dry-run': { type: 'boolean', default: false } },
  maxArgs: 1,
  run: ({ values, args: [stack], print }) => deploy(environmentOf(stack), values, print),
});

interface Options {
  readonly image?: string | undefined;
  readonly 'dry-run': boolean;
}

async function deploy(stack: EnvironmentName, options: Options, print: Print): Promise<number> {
  await ensurePulumi();
  const release = await openRelease(stack, print);
  const { aws, account, compute, worker, now, attest } = release;
  const requested = options.image === undefined ? undefined : referenceIn(aws, account, options.image);
  if (worker === 'lambda') await mustRun('npm', ['run', '--silent', 'build'], { cwd: ROOT });
  requireValidSettings(stack, print);
  if (options['dry-run']) return dryRun(release, requested);

  const isTrusted = async (reference: string) =>
    (await wasVerified(aws, stack, reference)) || (await attest(reference)).attested;
  const image = requested ?? (await imageOfCheckout({ aws, isTrusted, print, now }));
  const outcome = await deployImage(release, { image, commit: await commitOfCheckout() });
  print(`\n${image} ${SENTENCES[outcome]}`);
  const webService = () => findWebService(aws, stack, compute);
  await reportToGitHub({ stack, outcome, image, webService, environment: process.env, print });
  if (compute === 'apprunner' && outcome !== 'unchanged')
    await setLogRetention(aws, stack, logRetentionOf(stack), print);
  return EXIT_CODES[outcome];
}

async function dryRun(
  { aws, stack, compute, print }: Release,
  requested: string | undefined,
): Promise<number> {
  const running = await findWebService(aws, stack, compute);
  const { tag, changed } = await sourceOfImage();
  print(`would deploy ${requested ?? `the image ${tag}`}; ${running?.image ?? 'nothing'} runs now`);
  if (requested === undefined && changed.length > 0) print(`not committed: ${changed.join(', ')}`);
  const image = requested ?? running?.image;
  return (await runUpdate('preview', stack, image === undefined ? {} : { image })).code;
}

async function wasVerified(aws: Aws, stack: EnvironmentName, reference: string): Promise<boolean> {
  const { releases } = await new Releases(aws.ssm, stack).read();
  return verifiedExcept(releases, undefined).some(({ digest }) => digest === digestOf(reference));
}

/** Throws `CommandError` for settings that the Pulumi program or the application would reject, before an image is built. */
function requireValidSettings(stack: EnvironmentName, print: Print): void {
  const findings = checkSettings(stack).filter(({ outcome }) => outcome === 'bad');
  for (const finding of findings) report(finding, print);
  if (findings.length > 0)
    throw new CommandError(`${stack} cannot be deployed as it is configured; nothing was built or changed.`);
}
