/** `npm run deploy -- <stack>`: what is committed runs in the stack, verified, or what held before runs again. */
import { setTimeout as pause } from 'node:timers/promises';
import { Plain, runCommand, type Say } from '../../scripts/command.ts';
import { environmentOf } from '../../scripts/environment.ts';
import type { EnvironmentName } from '../names.ts';
import { checkSettings } from './doctor/stack.ts';
import { ROOT } from './plan/root.ts';
import { attestWithGh } from './release/attestation.ts';
import type { Aws } from './release/aws.ts';
import { imageOfCheckout } from './release/build-image.ts';
import { report } from './release/checks.ts';
import { deployImage, type Outcome } from './release/deploy.ts';
import { findDoor, LONGEST_OPERATION_MS } from './release/find-door.ts';
import { bringUp, needPulumi } from './release/pulumi.ts';
import { digestOf, referenceIn } from './release/registry.ts';
import { Releases } from './release/releases.ts';
import { endLogs } from './release/retention.ts';
import { commitOfCheckout, sourceOfImage } from './release/source.ts';
import { awsOf, computeOf, logRetentionOf, mustBeAccountOf, workerOf } from './release/stack.ts';
import { tellGitHub } from './release/tell-github.ts';
import { mustRun } from './release/tools.ts';
import { goodBesides } from './release/verdicts.ts';
import { verifyStack } from './release/verify.ts';

const HELP = `Usage: npm run deploy -- <stack> [options]

Builds the image of this checkout and pushes it, unless the same sources were built before; builds the worker's bundle,
unless the worker runs the image; runs pulumi up; verifies. When the deployment does not hold, what held before is deployed again, and verified.

  <stack>              staging or production
  --image <digest>     deploy this image instead of building: sha256:…, or a whole reference
  --dry-run            show what pulumi up would change, and do nothing
  --help               this text

Exit codes: 0 deployed and verified; 1 not deployed, what held before runs (or nothing was changed); 2 wrong call;
3 the rollback did not hold either: somebody has to look (docs/runbook.md).`;

const SENTENCES: Readonly<Record<Outcome, string>> = {
  deployed: 'is deployed and verified',
  unchanged: 'was refused before anything changed',
  'rolled back': 'did not hold: what held before runs again',
  broken: 'did not hold, and neither did the way back: see "Rollback" in docs/runbook.md',
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
  mostWords: 1,
  run: ({ values, words: [stack], say }) => deploy(environmentOf(stack), values, say),
});

interface Wishes {
  readonly image?: string | undefined;
  readonly 'dry-run': boolean;
}

async function deploy(stack: EnvironmentName, values: Wishes, say: Say): Promise<number> {
  await needPulumi();
  const aws = awsOf(stack);
  const account = await mustBeAccountOf(aws, stack);
  const compute = computeOf(stack);
  const given = values.image === undefined ? undefined : referenceIn(aws, account, values.image);
  const worker = workerOf(stack);
  if (worker === 'lambda') await mustRun('npm', ['run', '--silent', 'build'], { cwd: ROOT });
  mustBeConfigured(stack, say);
  if (values['dry-run']) return dryRun();

  const began = new Date();
  const now = () => new Date();
  const attest = attestWithGh(aws, stack);
  const isOurs = async (reference: string) =>
    (await wasVerified(aws, stack, reference)) || (await attest(reference)).attested;
  const image = given ?? (await imageOfCheckout({ aws, isOurs, say, now }));
  const place = { aws, stack, compute, worker, say, now, pause };
  const verify = (wanted: string, goingBack: boolean) =>
    verifyStack({
      ...place,
      image: wanted,
      goingBack,
      // The errors of what did not hold are not those of what runs again.
      ...(goingBack ? { since: now() } : { began }),
      waitMs: 300_000,
    });
  const commit = await commitOfCheckout();
  const outcome = await deployImage({
    ...place,
    image,
    verify,
    attest,
    commit,
    waitMs: LONGEST_OPERATION_MS,
  });
  say(`\n${image} ${SENTENCES[outcome]}`);
  const door = () => findDoor(aws, stack, compute);
  await tellGitHub({ stack, outcome, image, door, environment: process.env, say });
  if (compute === 'apprunner' && outcome !== 'unchanged')
    await endLogs(aws, stack, logRetentionOf(stack), say);
  return EXIT_CODES[outcome];

  async function dryRun(): Promise<number> {
    const running = await findDoor(aws, stack, compute);
    const { tag, changed } = await sourceOfImage();
    say(`would deploy ${given ?? `the image ${tag}`}; ${running?.image ?? 'nothing'} runs now`);
    if (given === undefined && changed.length > 0) say(`not committed: ${changed.join(', ')}`);
    const settings = given ?? running?.image;
    return (await bringUp('preview', stack, settings === undefined ? {} : { image: settings })).code;
  }
}

async function wasVerified(aws: Aws, stack: EnvironmentName, reference: string): Promise<boolean> {
  const { releases } = await new Releases(aws.ssm, stack).read();
  return goodBesides(releases, undefined).some(({ digest }) => digest === digestOf(reference));
}

/** Said before an image is built and pushed, and before the door is started with what it would refuse. */
function mustBeConfigured(stack: EnvironmentName, say: Say): void {
  const findings = checkSettings(stack).filter(({ outcome }) => outcome === 'bad');
  for (const finding of findings) report(finding, say);
  if (findings.length > 0)
    throw new Plain(`${stack} cannot be deployed as it is configured; nothing was built or changed.`);
}
